// Sends a file with tus-js-client: node send.mjs FILE ENDPOINT TOKEN METADATA (JSON); prints how often it tried.
import { createReadStream, statSync } from 'node:fs';
import { Upload } from 'tus-js-client';

const [file, endpoint, token, metadata] = process.argv.slice(2);
let requests = 0;
let stalls = 0;
let isThere = false;
const upload = new Upload(createReadStream(file), {
  endpoint,
  uploadSize: statSync(file).size,
  metadata: JSON.parse(metadata),
  headers: { Authorization: `token ${token}` },
  retryDelays: Array(120).fill(500),
  onBeforeRequest: () => {
    requests += 1;
  },
  onError: error => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => {
    isThere = true;
    console.log(JSON.stringify({ url: upload.url, requests }));
  }
});
// An answer that is cut after its headers is no error to it: it waits for the rest, and nothing is left to wait for.
process.on('beforeExit', () => {
  stalls += 1;
  if (!isThere && stalls > 20) {
    console.error(`It does not go on after ${requests} requests.`);
    process.exit(1);
  } else if (!isThere) {
    void upload.abort().then(() => upload.start());
  }
});
upload.start();
