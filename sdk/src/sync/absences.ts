/**
 * What seems to be gone. One answer is no proof of it: an endpoint may be a moment behind another one, or leave an account out once. What
 * cannot be undone, or would lead nowhere any more, waits until a later answer says the same.
 */

/** Between the first answer without it and the one that is believed. */
const SURE_AFTER_MS = 5_000;

type Absence = { readonly sinceMs: number; readonly answer: object; readonly isSure: boolean };

export class Absences {
  #missing: ReadonlyMap<string, Absence> = new Map();

  /** All that is missing in an answer: what is not among it is there. The same `answer` says nothing twice. */
  note(missing: Iterable<string>, answer: object): void {
    const nowMs = Date.now();
    this.#missing = new Map([...missing].map((name): [string, Absence] => {
      const before = this.#missing.get(name);
      if (before === undefined) return [name, { sinceMs: nowMs, answer, isSure: false }];
      return [name, { ...before, isSure: before.isSure || (before.answer !== answer && nowMs - before.sinceMs >= SURE_AFTER_MS) }];
    }));
  }

  /** True for what was missing for some seconds, and in more than one answer. */
  isSure(name: string): boolean {
    return this.#missing.get(name)?.isSure ?? false;
  }
}
