/** Where every watched server of these tests listens, at an address of its own. */
export const TCP_PORTS: readonly number[] = [17_101, 17_102, 17_103, 17_104]
export const HTTP_PORT = 17_180
