// Signs in once, as stdin says, by one of Microsoft's libraries, and prints what came of it as JSON.
// Certificate, key and assertion come by stdin, so that none stands in the list of processes.
import { readFileSync } from "node:fs";
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";
import { ConfidentialClientApplication } from "@azure/msal-node";

const asked = JSON.parse(readFileSync(0, "utf8"));

async function byMsal() {
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: asked.client,
      authority: `${asked.authority}/${asked.tenant}`,
      knownAuthorities: [new URL(asked.authority).host],
      ...(asked.way === "certificate"
        ? { clientCertificate: { thumbprintSha256: asked.thumbprint, privateKey: asked.key } }
        : { clientAssertion: async () => asked.assertion }),
    },
  });
  const result = await application.acquireTokenByClientCredential({ scopes: [asked.scope] });
  return result.accessToken;
}

function credential() {
  const options = { authorityHost: asked.authority, disableInstanceDiscovery: true };
  const { tenant: tenantId, client: clientId } = asked;
  switch (asked.way) {
    case "certificate":
      return new ClientCertificateCredential(tenantId, clientId, { certificate: asked.pem }, options);
    case "assertion":
      return new ClientAssertionCredential(tenantId, clientId, async () => asked.assertion, options);
    case "token file":
      return new WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath: asked.file, ...options });
  }
  throw new Error(`there is no way to sign in by ${asked.way}`);
}

async function byIdentity() {
  return (await credential().getToken(asked.scope)).token;
}

try {
  const token = await (asked.library === "msal" ? byMsal() : byIdentity());
  console.log(JSON.stringify({ token }));
} catch (error) {
  console.log(JSON.stringify({ error: `${error.name}: ${error.message}` }));
}
