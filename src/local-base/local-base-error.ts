/** Something the person who starts the local base can put right; the message says how. Never sent to a client. */
export class LocalBaseError extends Error {
  override readonly name = "LocalBaseError";
}
