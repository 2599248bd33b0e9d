/** Filters as they stand in a query. */

/** One value of a filter, or several that mean any of them. */
export type Words<Word extends string = string> = Word | readonly Word[];

type Shown<Value> = Value extends readonly (infer Word)[] ? Word : Value;

/** Several values are one parameter, separated by commas. */
export function inQuery<Filter extends object>(
  filter: Filter,
): { [Name in keyof Filter]: Shown<Filter[Name]> } {
  const shown = Object.entries(filter).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(",") : value,
  ]);
  return Object.fromEntries(shown);
}
