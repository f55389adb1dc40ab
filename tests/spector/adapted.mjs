// What of the suite's specs the compiler refuses, and what stands in its place. `put` is written into a copy of the spec,
// `back` says what becomes of it in the document, where OpenAPI has a way to say it.
export const ADAPTED = {
  // "OpenAPI does not allow paths containing a query string": documents have them all the same.
  routes: { put: [[/\?fixed=true/g, "QUERY-fixed-true"]], back: [["QUERY-fixed-true", "?fixed=true"]] },
  // A range of statuses that is no hundred.
  "response/status-code-range": { put: [["@minValue(494)", "@minValue(400)"]] },
  // The emitter looks a parameter's examples up in an object that has a constructor of its own.
  "special-words": {
    put: [["withConstructor(@query constructor:", "withConstructor(@query constructorSTANDIN:"]],
    back: [["constructorSTANDIN", "constructor"]],
  },
};
