// Writes every exchange that the scenarios of a package expect, a line of JSON each.
//
//   node scenarios.mjs FOLDER ORIGIN
//
// FOLDER holds the compiled mock services (`mockapi.js`), ORIGIN stands in for the server's own address. A body is told by
// its media type and its bytes; parts by their names, values and files. What a handler of a scenario's own answers cannot be
// known without calling it, so only that there is one is told, and what `HANDLED` says.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { expandDyns } from "@typespec/spec-api";

const [folder, origin] = process.argv.slice(2);
const config = { baseUrl: origin };

// What only the code of a handler says of the request that it expects.
const FILE = { originalname: "image.png", mimetype: "image/png", buffer: readFileSync(join(folder, "../../assets/image.png")) };
const parts = (...fields) => ({
  kind: "multipart",
  contentType: "multipart/form-data",
  files: fields.map((fieldname) => ({ ...FILE, fieldname })),
});
const HANDLED = {
  Payload_MultiPart_FormData_File_uploadFileSpecificContentType: parts("file"),
  Payload_MultiPart_FormData_File_uploadFileRequiredFilename: parts("file"),
  Payload_MultiPart_FormData_File_uploadFileArray: parts("files", "files"),
};

const base64 = (content) => Buffer.from(content).toString("base64");

function file({ fieldname, originalname, buffer, mimetype }) {
  return { field: fieldname, name: originalname, mediaType: mimetype, content: base64(buffer) };
}

function body(body) {
  if (body === undefined) return undefined;
  if (body.kind) {
    return { mediaType: body.contentType, parts: body.parts ?? {}, files: (body.files ?? []).map(file) };
  }
  const raw = body.rawContent;
  const content = typeof raw === "string" || Buffer.isBuffer(raw) ? raw : raw?.serialize(config);
  return { mediaType: body.contentType, content: content === undefined ? undefined : base64(content) };
}

function exchange(name, at, api, { passCondition, code }) {
  const { request = {}, response } = api;
  return {
    name,
    at,
    method: api.method.toUpperCase(),
    uri: api.uri,
    query: request.query ?? {},
    headers: expandDyns(request.headers ?? {}, config),
    body: body(request.body ?? HANDLED[name]),
    status: response.status,
    answerHeaders: expandDyns(response.headers ?? {}, config),
    answer: body(response.body),
    hasHandler: api.handler !== undefined,
    expected: passCondition === "status-code" ? code : undefined,
  };
}

const modules = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith("mockapi.js")).sort();
for (const path of modules) {
  const { Scenarios } = await import(pathToFileURL(join(folder, path)).href);
  const spec = dirname(relative(folder, join(folder, path)));
  for (const [name, scenario] of Object.entries(Scenarios)) {
    scenario.apis.forEach((api, at) => {
      console.log(JSON.stringify({ spec, ...exchange(name, at, api, scenario) }));
    });
  }
}
