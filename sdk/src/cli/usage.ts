/** The command line was wrong: the answer is the usage, and exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
