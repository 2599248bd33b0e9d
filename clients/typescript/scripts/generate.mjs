// Writes the types of the OpenAPI document; with --check, says whether they are those committed.
import { readFileSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const document = new URL("../../../docs/openapi.json", import.meta.url);
const types = new URL("../src/generated/api.ts", import.meta.url);
const banner = "/** Generated from docs/openapi.json by `npm run generate`; not edited. */\n\n";

const generated = banner + astToString(await openapi(document));
if (!process.argv.includes("--check")) {
  writeFileSync(types, generated);
} else if (readFileSync(types, "utf8") !== generated) {
  console.error("src/generated/api.ts is not docs/openapi.json's: run `npm run generate`");
  process.exit(1);
}
