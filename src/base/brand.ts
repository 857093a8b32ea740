declare const brand: unique symbol

/** A value of type `T` that only its own constructor can make: ids and instants cannot be swapped. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
