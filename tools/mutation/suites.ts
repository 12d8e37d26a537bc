/** The program's tests, loaded once and run as often as is asked. */
import { join } from "node:path";
import Mocha from "mocha";

const TESTS = join(__dirname, "..", "..", "tests", "program");
const ALL = /^/u;

/** A file of tests, or those of it whose titles match. */
export type Attempt = { readonly name: string; readonly only?: RegExp };
export type Failure = { readonly name: string; readonly title: string };

class Silent {}

export class Suites {
  readonly #files: ReadonlyMap<string, Mocha>;
  /** Tests that have been seen to pass on the program as it is. */
  readonly #sound = new Set<string>();

  private constructor(files: ReadonlyMap<string, Mocha>) {
    this.#files = files;
  }

  /** `names`: files below `tests/program`, without `.test.ts`. */
  static async load(names: readonly string[]): Promise<Suites> {
    const files = new Map<string, Mocha>();
    for (const name of names) {
      // No limit of time: a busy machine must look no different.
      const mocha = new Mocha({ bail: true, timeout: 0, reporter: Silent as never });
      mocha.cleanReferencesAfterRun(false);
      mocha.addFile(join(TESTS, `${name}.test.ts`));
      await mocha.loadFilesAsync();
      files.set(name, mocha);
    }
    return new Suites(files);
  }

  async firstFailure(attempts: readonly Attempt[]): Promise<Failure | undefined> {
    for (const { name, only } of attempts) {
      const title = await this.#run(name, only);
      if (title !== undefined) return { name, title };
    }
    return undefined;
  }

  /** Whether the test that failed passes now. */
  async passes({ name, title }: Failure): Promise<boolean> {
    const test = `${name} ${title}`;
    if (!this.#sound.has(test) && (await this.#run(name, new RegExp(`${title.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")}$`, "u"))) === undefined) this.#sound.add(test);
    return this.#sound.has(test);
  }

  /** The title of the first test that fails. */
  #run(name: string, only = ALL): Promise<string | undefined> {
    const mocha = this.#files.get(name);
    if (mocha === undefined) throw new Error(`No tests ${name} were loaded.`);
    return new Promise((resolve) => {
      let found: string | undefined;
      mocha.grep(only).run(() => resolve(found)).on("fail", (test) => {
        found ??= test.title;
      });
    });
  }
}
