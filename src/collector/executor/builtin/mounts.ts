/** One line of /proc/self/mountinfo, as far as a disk check cares. */
export interface Mount {
  readonly point: string
  readonly type: string
  /** `major:minor`; the same for bind mounts of one file system. */
  readonly device: string
}

/** They answer from elsewhere, or hang: another check's business. */
const REMOTE =
  /^(nfs|nfs4|cifs|smb3|smbfs|ncpfs|afs|coda|ceph|gfs2?|glusterfs|lustre|9p|virtiofs|autofs|davfs|fuse\..*|fuse|ocfs2|beegfs)$/
/** No space that could run out for good. */
const UNREAL =
  /^(proc|sysfs|devpts|devtmpfs|tmpfs|ramfs|cgroup2?|cpuset|securityfs|debugfs|tracefs|configfs|fusectl|pstore|bpf|mqueue|hugetlbfs|efivarfs|binfmt_misc|rpc_pipefs|nsfs|selinuxfs|squashfs|erofs|iso9660|udf|rootfs|none)$/

/** Every mount, the later of two on one point only (the earlier is hidden by it). */
export function parseMounts(mountinfo: string): Mount[] {
  const mounts = new Map<string, Mount>()
  for (const line of mountinfo.split('\n')) {
    const [before = '', behind = ''] = line.split(' - ')
    const [, , device, , point] = before.split(' ')
    const [type] = behind.split(' ')
    if (device === undefined || point === undefined || type === undefined || type === '') continue
    const plain = unescape(point)
    mounts.set(plain, { point: plain, type, device })
  }
  return [...mounts.values()]
}

/** Spaces and the like are written as `\040`. */
function unescape(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

/** The real local ones, each file system once, by its shortest mount point. The root counts even in a container (overlay). */
export function localMounts(mounts: readonly Mount[]): Mount[] {
  const byDevice = new Map<string, Mount>()
  for (const mount of mounts.toSorted((a, b) => a.point.length - b.point.length)) {
    const isReal = !REMOTE.test(mount.type) && !UNREAL.test(mount.type) && mount.type !== 'overlay'
    if (!isReal && mount.point !== '/') continue
    if (!byDevice.has(mount.device)) byDevice.set(mount.device, mount)
  }
  return [...byDevice.values()].sort((a, b) => (a.point < b.point ? -1 : 1))
}

/** The mount that a path lies on. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let best: Mount | undefined
  for (const mount of mounts) {
    const { point } = mount
    const isOn = point === '/' || path === point || path.startsWith(`${point}/`)
    if (isOn && point.length >= (best?.point.length ?? 0)) best = mount
  }
  return best
}
