/**
 * What the conformance suite starts for each scenario: hands it to the test, whose address is its first argument, and ends as
 * that says. The suite starts all of them at once, and so many agents would be too much for a small machine.
 */
import { request } from 'node:http';

const [, , test = '', url = ''] = process.argv;
const { MCP_CONFORMANCE_SCENARIO: name = '', MCP_CONFORMANCE_CONTEXT: context = '{}' } = process.env;
request(test, { method: 'POST' }, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
}).end(JSON.stringify({ url, name, context }));
