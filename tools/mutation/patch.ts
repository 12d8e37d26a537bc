/** The switch in a program that holds many mutants: see build.py. */
const MARK = Buffer.from("POSTERN-MUTATION");

/** `program` with mutant `number` switched on; a program without a switch has no number but 0. */
export function numbered(program: Buffer, number: number): Buffer {
  const at = program.indexOf(MARK);
  if (number === 0) return program;
  if (at < 0 || program.indexOf(MARK, at + 1) >= 0) throw new Error("The program has not one switch.");
  const changed = Buffer.from(program);
  changed.writeUInt32LE(number, at + MARK.length);
  return changed;
}
