// The official JS SDK in a page: `run` makes one call.
import cloudbase from "@cloudbase/js-sdk";

const apps = new Map();

async function app(config, signIn) {
  const key = JSON.stringify([config, signIn]);
  if (!apps.has(key)) {
    const made = cloudbase.init(config);
    if (signIn === "anonymous") {
      const answer = await made.auth().signInAnonymously({});
      if (answer?.error) throw answer.error;
    } else if (signIn?.ticket) {
      const auth = made.auth();
      await auth.setCustomSignFunc(async () => signIn.ticket);
      const answer = await auth.signInWithCustomTicket();
      if (answer?.error) throw answer.error;
    }
    apps.set(key, made);
  }
  return apps.get(key);
}

async function plain(data) {
  if (data instanceof Blob) data = await data.arrayBuffer();
  if (data instanceof ArrayBuffer) return { base64: btoa(String.fromCharCode(...new Uint8Array(data))) };
  return data;
}

window.run = async ({ config, signIn, options, opts }) => {
  try {
    const made = await app(config, signIn);
    return { data: await plain(await made.callContainer(options, opts)) };
  } catch (error) {
    return { error: { code: error?.code ?? "", message: error?.message ?? JSON.stringify(error) ?? String(error) } };
  }
};
