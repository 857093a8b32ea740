import { busContract } from '../../../test/contracts/bus.ts'
import { createMemoryBus } from './bus.ts'

busContract('memory', async () => createMemoryBus(), { isAwaited: true })
