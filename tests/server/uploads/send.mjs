// Sends a file with tus-js-client: node send.mjs FILE ENDPOINT TOKEN METADATA (JSON); prints how often it tried.
import { createReadStream, statSync } from 'node:fs';
import { Upload } from 'tus-js-client';

const [file, endpoint, token, metadata] = process.argv.slice(2);
let requests = 0;
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
    console.log(JSON.stringify({ url: upload.url, requests }));
  }
});
upload.start();
