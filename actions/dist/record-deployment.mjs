import { A as recordDeployment, Bn as verdictOutcomes, Ct as setOutputs, Gt as jsonInput, Ht as writeSummary, M as releaseAsText, Q as gitHub, Rt as systemClock, St as runAction, Vt as markdownTable, Wt as defineContract, Z as currentRun, cn as rolloutHandleSchema, jt as releaseSchema, wt as readInputs, zt as gateResultsInput } from "./shared/sluice.mjs";
import { O as string, h as _enum } from "./shared/vendor.mjs";
// src/contracts/record-deployment.ts
const contract = defineContract({
	handle: jsonInput(rolloutHandleSchema),
	release: jsonInput(releaseSchema),
	outcome: _enum(verdictOutcomes),
	reason: string().optional(),
	gates: gateResultsInput.default([]),
	"bundle-sha256": string().regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
	token: string()
}, ["deployment-id"]);
// src/record-deployment.ts
await runAction("Record deployment", async () => {
	const { handle, release, outcome, gates, token, ...inputs } = readInputs(contract.inputs);
	const finishedAt = systemClock.now().toISOString();
	const reason = inputs.reason ?? (outcome === "pass" ? "the rollout passed" : "no reason was recorded");
	const payload = {
		version: 1,
		service: handle.service,
		release: releaseAsText(release),
		outcome,
		reason,
		strategy: handle.strategy,
		bundleSha256: inputs["bundle-sha256"],
		gates,
		startedAt: handle.startedAt,
		finishedAt,
		configuration: process.env["GITHUB_SHA"]
	};
	const urls = {
		log: currentRun().url,
		environment: handle.productionUrl
	};
	const id = await recordDeployment(gitHub(token), handle.environment, payload, urls);
	setOutputs(contract, { "deployment-id": id });
	const rows = gates.map((gate) => [
		gate.gate,
		gate.outcome,
		gate.reason
	]);
	await writeSummary(`### ${outcome === "pass" ? "✅" : "❌"} ${handle.service} ${release.version} in ${handle.environment}: ${outcome}\n\n${reason}\n\n${markdownTable([
		"gate",
		"outcome",
		"measured"
	], rows)}`);
});
export {};
