/** Questions of one moment, put together. */

type Waiting = { resolve(answer: string | undefined): void; reject(error: unknown): void };

export class Batch {
  readonly #read: (questions: readonly string[]) => Promise<readonly (string | undefined)[]>;
  readonly #most: number;
  #waiting = new Map<string, Waiting[]>();
  #soon: ReturnType<typeof setTimeout> | undefined;

  /** `read` answers at most `most` questions, in their order. */
  constructor(read: (questions: readonly string[]) => Promise<readonly (string | undefined)[]>, most: number) {
    this.#read = read;
    this.#most = most;
  }

  /** @throws what `read` throws of this question alone */
  ask(question: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(question, [...(this.#waiting.get(question) ?? []), { resolve, reject }]);
      this.#soon ??= setTimeout(() => this.#flush(), 0);
    });
  }

  #flush(): void {
    this.#soon = undefined;
    const all = [...this.#waiting];
    this.#waiting = new Map();
    for (let i = 0; i < all.length; i += this.#most) void this.#answer(all.slice(i, i + this.#most));
  }

  /** What fails together is asked for one by one, so that one account that cannot be read hides no other. */
  async #answer(asked: readonly (readonly [string, readonly Waiting[]])[]): Promise<void> {
    try {
      const answers = await this.#read(asked.map(([question]) => question));
      asked.forEach(([, waiting], i) => waiting.forEach(({ resolve }) => resolve(answers[i])));
    } catch (error) {
      if (asked.length === 1) for (const { reject } of asked[0]?.[1] ?? []) reject(error);
      else await Promise.all(asked.map((one) => this.#answer([one])));
    }
  }
}
