/** Somebody who means harm, pays for it, and is asked afterwards what it was worth. */
import { expect } from "chai";
import type { Instruction } from "../../../sdk/src/program/index.js";
import type { Chat } from "./parties.js";
import type { Person } from "./person.js";
import type { World } from "./world.js";

export class Attacker {
  readonly #world: World;
  readonly #start: bigint;
  readonly person: Person;

  constructor(world: World, person = world.person()) {
    this.#world = world;
    this.person = person;
    this.#start = world.balance(person.address);
  }

  /** Lamports that have left the attacker's wallet, fees included. */
  get spent(): bigint {
    return this.#start - this.#world.balance(this.person.address);
  }

  /** An inbox of the attacker's, with one key for everything: the cheapest there is. */
  chat(capacity = 256): Chat {
    return this.#world.chat({ payer: this.person, writer: this.person, refund: this.person.address, capacity });
  }

  /** Sends what must succeed, and pays the fee. */
  does(...instructions: readonly Instruction[]): void {
    expect(this.#world.send(instructions, this.person).error, "refusal").to.equal(undefined);
  }

  /** Sends what must fail with `error` and change nothing; the fee is paid all the same. */
  fails(error: string, ...instructions: readonly Instruction[]): void {
    const snapshot = (): Map<string, string> => new Map([...this.#world.snapshot()].filter(([address]) => address !== this.person.address));
    const before = snapshot();
    expect(this.#world.send(instructions, this.person).error ?? "success").to.equal(error);
    expect(snapshot()).to.deep.equal(before);
  }
}
