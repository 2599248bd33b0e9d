/** A list of the ledger: page by page, one by one, or all of it. */

export interface Page<T> {
  items: T[];
  /** Where the next page begins; null at the end. */
  nextCursor: string | null;
}

/** Nothing is asked before somebody iterates or takes a page. */
export class Pages<T> implements AsyncIterable<T> {
  readonly #load: (cursor: string | undefined) => Promise<Page<T>>;

  constructor(load: (cursor: string | undefined) => Promise<Page<T>>) {
    this.#load = load;
  }

  /** One page; the first without a cursor. */
  page(cursor?: string): Promise<Page<T>> {
    return this.#load(cursor);
  }

  /** Everything, in the list's order. */
  async all(): Promise<T[]> {
    const found: T[] = [];
    for await (const item of this) found.push(item);
    return found;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.#load(cursor);
      yield* page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}
