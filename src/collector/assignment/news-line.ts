import type { Log } from '../../base/log.ts'
import type { OwnNews } from './assignment.ts'
import type { PeerNews } from './peers.ts'

export function tellOf(news: PeerNews | OwnNews, log: Log): void {
  switch (news.kind) {
    case 'heard':
      return log.info('a collector of the cluster is heard', { collector: news.id })
    case 'restarted':
      return log.info('a collector of the cluster was started anew', { collector: news.id })
    case 'left':
      return log.info('a collector of the cluster has left', { collector: news.id })
    case 'gone':
      return log.warn('a collector of the cluster is silent: the others take over', {
        collector: news.id,
      })
    case 'back':
      return log.info('a collector of the cluster is back', { collector: news.id })
    case 'stood-still':
      return log.warn('this collector stood still', { ms: Math.round(news.ms) })
    case 'comes-anew':
      return log.warn('the others have taken over: this collector comes as a newcomer')
    case 'twin':
      return log.error(
        'another process has the name and the key of this collector: both check the same hosts',
        { hint: 'a data folder was copied; let the copy join under a name of its own' },
      )
  }
}
