/** Stops the tests with one sentence when they run on a Node that is too old: vitest itself would go on silently. */
if (Number.parseInt(process.versions.node, 10) < 24) {
  throw new Error(`The tests need Node 24 or newer, and this is ${process.versions.node}: run them with \`npm test\`.`);
}
