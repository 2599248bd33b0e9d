/** Filters as they stand in a query. */

/** One value of a filter, or several that mean any of them. */
export type Words<Word> = Word | readonly Word[];

/** A route's query, where one value need not be a list; pages are asked for by themselves. */
export type Filter<Operation extends { parameters: { query?: object } }> = {
  [Name in Exclude<keyof Query<Operation>, "cursor">]?: Given<Query<Operation>[Name]>;
};

type Query<Operation extends { parameters: { query?: object } }> = NonNullable<
  Operation["parameters"]["query"]
>;
type Given<Value> = NonNullable<Value> extends readonly (infer Word)[] ? Words<Word> : Value;
/** The filter as the route has it, at a cursor. */
export function inQuery<Operation extends { parameters: { query?: object } }>(
  filter: Filter<Operation>,
  cursor?: string,
): Query<Operation> {
  return { ...filter, cursor } as Query<Operation>;
}
