// The spec reporter, and a last line that counts: `N passed, N failed`, with `, N skipped` where a test was left out. Tests that
// leave a timer, a socket or a server behind keep the process alive: that counts as one failure, and ends it.
const { reporters, Runner } = require("mocha");

const EXITS_WITHIN_MS = 10_000;

class Counting extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      this.counted = { passes, failures, pending };
    });
  }

  done(failures, end) {
    const stuck = setTimeout(() => {
      process.off("beforeExit", over);
      process.stderr.write(`\nThe tests are over, and something that they left keeps the process alive: ${process.getActiveResourcesInfo().join(", ")}\n`);
      this.conclude(1, () => {
        end(failures + 1);
        process.exit();
      });
    }, EXITS_WITHIN_MS);
    stuck.unref();
    const over = () => {
      clearTimeout(stuck);
      this.conclude(0, () => end(failures));
    };
    process.once("beforeExit", over);
  }

  conclude(more, then) {
    const { passes, failures, pending } = this.counted ?? { passes: 0, failures: 0, pending: 0 };
    process.stdout.write(`${passes} passed, ${failures + more} failed${pending > 0 ? `, ${pending} skipped` : ""}\n`, then);
  }
}

module.exports = Counting;
