/** Where a reader of the feed stands: an epoch and a position, of one company or of each. */
import type { LedgerEvent } from "./api.js";

interface Mark {
  /** Undefined where only a position was given. */
  epoch: number | undefined;
  position: number;
}

/** The cursor that goes on after an event, in its company's feed. */
export function cursorOf(event: Pick<LedgerEvent, "epoch" | "position">): string {
  return `${event.epoch}-${event.position}`;
}

/** What has been seen of each company. The feed of one company knows only that one. */
export class Seen {
  readonly #marks = new Map<string, Mark>();
  readonly #company: string | undefined;

  constructor(company: string | undefined) {
    this.#company = company;
  }

  /** Takes in a cursor as it was given, or as an `id` of the stream. */
  read(cursor: string): void {
    for (const one of cursor.split(",").filter((text) => text !== "")) {
      const [company, mark] = this.#company === undefined ? one.split(":") : [this.#company, one];
      const [position, epoch] = (mark ?? "").split("-").reverse();
      if (company) this.#set(company, { epoch: numberOf(epoch), position: Number(position) });
    }
  }

  /** Takes in an event; false when it has been seen. */
  take({ companyId, epoch, position }: LedgerEvent): boolean {
    const company = this.#company ?? companyId;
    const mark = this.#marks.get(company);
    const isSameLog = mark?.epoch === undefined || mark.epoch === epoch;
    if (mark && isSameLog && position <= mark.position) return false;
    this.#set(company, { epoch, position });
    return true;
  }

  #set(company: string, mark: Mark): void {
    this.#marks.set(company, mark);
  }

  toString(): string {
    const marks = [...this.#marks].map(([company, { epoch, position }]) => {
      const mark = epoch === undefined ? `${position}` : `${epoch}-${position}`;
      return this.#company === undefined ? `${company}:${mark}` : mark;
    });
    return marks.join(",");
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
