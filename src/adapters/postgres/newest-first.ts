/** Activations in the order that every hub of the installation agrees on; names of hubs are compared as plain bytes everywhere. */
export const NEWEST_FIRST = 'epoch DESC, hub COLLATE "C" DESC, activation_no DESC'
