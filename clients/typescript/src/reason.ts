/** What an error says, as the ledger can hold it for a reason. */

/** The longest reason that the ledger takes, in bytes. */
const REASON_BYTES_MAX = 4_096;

/** The message of an error, or a text as it is, within the ledger's bounds. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message || error.name : String(error);
  return clipped(said);
}

/** Cut between two characters; NUL and lone surrogates are nothing that the ledger can hold. */
function clipped(reason: string): string {
  const clean = reason.replaceAll("\0", "").toWellFormed();
  const bytes = new TextEncoder().encode(clean);
  if (bytes.length <= REASON_BYTES_MAX) return clean || "no reason given";
  let end = REASON_BYTES_MAX - 3;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${new TextDecoder().decode(bytes.subarray(0, end))}…`;
}
