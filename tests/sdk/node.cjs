// Calls by the official Node SDK: a line of JSON in, a line of JSON out.
"use strict";
const readline = require("node:readline");
const tcb = require("@cloudbase/node-sdk");

const plain = (data) => (Buffer.isBuffer(data) ? { base64: data.toString("base64") } : data);

async function call({ ticket, exchange, config, options, opts }) {
  try {
    if (ticket) return { ticket: tcb.init(ticket.config).auth().createTicket(ticket.user) };
    if (exchange) {
      const { access_token } = await tcb.init(exchange).auth().getClientCredential();
      config.accessKey = access_token;
    }
    const answer = await tcb.init(config).callContainer(options, opts);
    return { status: answer.statusCode, request_id: answer.requestId, data: plain(answer.data) };
  } catch (error) {
    return { error: { code: error.code ?? "", message: error.message ?? String(error) } };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await call(JSON.parse(line)))}\n`);
  }
  process.exit(0);
})();
