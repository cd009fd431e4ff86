/** A world that several values are tried in, one after the other: to start one takes longer than to try a value. */

/** Nothing of many values adds up to what would be taken for a fault of the next. */
const mostUses = 50;

export class Shared<World extends AsyncDisposable> implements AsyncDisposable {
  readonly #start: () => Promise<World>;
  #world: World | undefined;
  #uses = 0;
  #isClosed = false;

  constructor(start: () => Promise<World>) {
    this.#start = start;
  }

  /** A world in which something did not hold is not used again: a smaller value finds a new one. */
  async use(look: (world: World) => Promise<void>): Promise<void> {
    if (this.#uses >= mostUses) await this.#end();
    const world = this.#world ?? (await this.#begin());
    this.#uses += 1;
    let isWell = false;
    try {
      await look(world);
      isWell = true;
    } finally {
      if (!isWell) await this.#end();
    }
  }

  async #begin(): Promise<World> {
    const world = await this.#start();
    this.#world = world;
    // A search for a smaller value that was given up goes on for a moment.
    if (this.#isClosed) await this.#end();
    if (this.#isClosed) throw new Error('The test is over.');
    return world;
  }

  async #end(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    this.#uses = 0;
    await world?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }
}
