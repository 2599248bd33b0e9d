/** What the ledger says about a command besides its answer: key, position, replay. */

/** How a command was taken in. */
export interface Receipt {
  /** The key it went under; the same key hears the same answer for seven days at least. */
  key: string | null;
  /** The end of the company's log with the command's events in; reads take it as `minPosition`. */
  position: number | null;
  /** True when the answer comes from an earlier time. */
  replayed: boolean;
  /** When it was first asked for under this key, by `performance.now()`. */
  askedAtMs: number;
}

const receipts = new WeakMap<object, Receipt>();

/** The receipt of what a command answered; none for what was read. */
export function receiptOf(answer: object): Receipt | undefined {
  return receipts.get(answer);
}

/** Keeps what the headers of an answer say, beside the answer. */
export function remember<T>(answer: T, headers: Headers, askedAtMs: number): T {
  const key = headers.get("Leasehold-Key");
  if (key !== null && typeof answer === "object" && answer !== null) {
    const position = headers.get("Leasehold-Position");
    receipts.set(answer, {
      key,
      position: position === null ? null : Number(position),
      replayed: headers.get("Leasehold-Replayed") === "true",
      askedAtMs,
    });
  }
  return answer;
}
