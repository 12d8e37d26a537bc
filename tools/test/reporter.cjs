// The spec reporter, and a last line that counts: `N passed, N failed`, with `, N skipped` where a test was left out.
const { reporters, Runner } = require("mocha");

class Counting extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    this.counted = "0 passed, 0 failed";
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      this.counted = `${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`;
    });
  }

  done(failures, end) {
    process.stdout.write(`${this.counted}\n`, () => end(failures));
  }
}

module.exports = Counting;
