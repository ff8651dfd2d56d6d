/** Bits of an id that say where in its page it is. */
const PAGE_BITS = 5;
/** Ids of one page. */
const PAGE: number = 1 << PAGE_BITS;

interface Page<T> {
  readonly items: (T | undefined)[];
  used: number;
}

/**
 * Items by the ids of requests, 1 to 65,535. A `Map` would do the same; but it makes a new table for every few dozen ids
 * that come and go, each of which keeps the next alive, and with it what is long gone, until all memory is collected.
 */
export class IdTable<T> implements Iterable<T> {
  /** Those that have items. */
  readonly #pages: (Page<T> | undefined)[] = [];
  /** The last that lost all its items, to be used again. */
  #spare: Page<T> | undefined;
  #size = 0;

  /** How many items there are. */
  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    return isId(id) ? this.#pages[id >> PAGE_BITS]?.items[id & (PAGE - 1)] : undefined;
  }

  /** Adds the item, or puts it in the place of the one with this id. */
  set(id: number, item: T): void {
    const page = this.#pages[id >> PAGE_BITS] ?? this.#addPage(id >> PAGE_BITS);
    const at = id & (PAGE - 1);
    if (page.items[at] === undefined) {
      page.used++;
      this.#size++;
    }
    page.items[at] = item;
  }

  /** Removes and returns the item. */
  delete(id: number): T | undefined {
    const item = this.get(id);
    if (item === undefined) return undefined;
    const page = this.#pages[id >> PAGE_BITS] as Page<T>;
    page.items[id & (PAGE - 1)] = undefined;
    page.used--;
    this.#size--;
    if (page.used === 0) {
      this.#pages[id >> PAGE_BITS] = undefined;
      this.#spare = page;
    }
    return item;
  }

  clear(): void {
    this.#pages.length = 0;
    this.#size = 0;
  }

  /** The items by their ids, the lowest first. */
  *[Symbol.iterator](): Iterator<T> {
    for (const page of this.#pages) {
      for (const item of page?.items ?? []) if (item !== undefined) yield item;
    }
  }

  #addPage(at: number): Page<T> {
    // Filled one after another up to there: an array with holes would become a dictionary.
    while (this.#pages.length < at) this.#pages.push(undefined);
    const page = this.#spare ?? { items: new Array<T | undefined>(PAGE).fill(undefined), used: 0 };
    this.#spare = undefined;
    this.#pages[at] = page;
    return page;
  }
}

/** False for what applications may give in place of an id. */
function isId(id: number): boolean {
  return (id & 0xffff) === id;
}
