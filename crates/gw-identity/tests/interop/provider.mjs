// A provider of OpenID Connect, `oidc-provider` of npm, on a loopback address.
//
// Keys and the address come as JSON in the first argument. The port is printed as the first line.
// `POST /test/rotate` puts another key in the place of the one that signs.

import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { modules, redirect } = JSON.parse(process.argv[2]);
const require = createRequire(path.join(modules, 'x.js'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { default: Provider } = await load('oidc-provider');
const { generateKeyPair, exportJWK } = await load('jose');

async function key(alg, kid) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

const sets = [
  { keys: [await key('ES256', 'first'), await key('RS256', 'rsa-first')] },
  { keys: [await key('ES256', 'second'), await key('RS256', 'rsa-second')] },
];

let handler;
const server = http.createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/test/rotate') {
    serve(sets[1]);
    response.end('rotated');
    return;
  }
  handler(request, response);
});

// Codes outlive a rotation, as they would in a provider's database.
const stored = new Map();
class Memory {
  constructor(name) { this.name = name; }
  key(id) { return `${this.name}:${id}`; }
  async upsert(id, payload) {
    stored.set(this.key(id), payload);
    if (payload.uid) stored.set(`uid:${payload.uid}`, this.key(id));
  }
  async find(id) { return stored.get(this.key(id)); }
  async findByUid(uid) { return stored.get(stored.get(`uid:${uid}`)); }
  async findByUserCode() { return undefined; }
  async consume(id) {
    const found = stored.get(this.key(id));
    if (found) found.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) { stored.delete(this.key(id)); }
  async revokeByGrantId(grantId) {
    for (const [id, payload] of stored) if (payload.grantId === grantId) stored.delete(id);
  }
}

function serve(jwks) {
  const provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
    jwks,
    adapter: Memory,
    cookies: { keys: ['only for tests'] },
    clients: [
      {
        client_id: 'gw', client_secret: 'only for tests & loopback', redirect_uris: [redirect],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: 'gw-public', token_endpoint_auth_method: 'none', redirect_uris: [redirect],
        id_token_signed_response_alg: 'RS256',
      },
    ],
    claims: { openid: ['sub', 'groups', 'name'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    scopes: ['openid', 'email'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/test/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id, name: 'Ann Example', email: 'ann@corp.example', email_verified: true,
        groups: ['sec-approvers', 'staff'],
      }),
    }),
  });
  const callback = provider.callback();
  // Whoever comes is Ann, and agrees.
  handler = async (request, response) => {
    if (!request.url.startsWith('/test/interaction/')) {
      callback(request, response);
      return;
    }
    try {
      const details = await provider.interactionDetails(request, response);
      const grant = new provider.Grant({ accountId: 'ann', clientId: details.params.client_id });
      grant.addOIDCScope('openid email');
      const result = { login: { accountId: 'ann' }, consent: { grantId: await grant.save() } };
      await provider.interactionFinished(request, response, result);
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error));
    }
  };
}

server.listen(0, '127.0.0.1', () => {
  serve(sets[0]);
  console.log(server.address().port);
});
// When the test ends, so does this.
process.stdin.on('end', () => process.exit(0)).resume();
