import { s as info } from "./shared/github.mjs";
import { $ as readAnalysisInterval, At as rolloutHandleSchema, Bt as describeDiagnosis, It as watchRollout, J as runAction, Qt as describeTimeline, X as readInputs, Xt as describeHandle, Y as setOutputs, ft as defineContract, ht as readDiagnosis, mt as roleInput, ot as systemClock, pt as jsonInput, q as failStep, ut as writeSummary, vt as awsClients, yt as serviceDeployments } from "./shared/sluice.mjs";
import { h as _enum } from "./shared/vendor.mjs";
// src/contracts/watch-rollout.ts
const contract = defineContract({
	handle: jsonInput(rolloutHandleSchema),
	until: _enum(["paused", "finished"]).default("finished"),
	role: roleInput.optional()
}, [
	"state",
	"stage",
	"hook-id",
	"outcome",
	"reason"
]);
// src/watch-rollout.ts
await runAction("Watch rollout", async () => {
	const { handle, until, role } = readInputs(contract.inputs);
	const clients = awsClients({
		region: handle.region,
		role
	});
	const ports = {
		deployments: serviceDeployments(clients.ecs),
		clock: systemClock,
		random: () => Math.random(),
		report: (line) => info(line)
	};
	const view = await watchRollout(ports, handle, until, await readAnalysisInterval(handle));
	const { state, timeline } = view;
	const hasFailed = state.phase !== "paused" && state.phase !== "landed";
	setOutputs(contract, {
		state: state.phase,
		stage: state.stage,
		"hook-id": state.phase === "paused" ? state.hook.hookId : "",
		outcome: state.phase === "landed" ? "pass" : hasFailed ? "fail" : "inconclusive",
		reason: state.reason
	});
	const diagnosis = hasFailed ? describeDiagnosis(await readDiagnosis(clients, handle, view)) : "";
	const title = `### ${hasFailed ? "❌" : state.phase === "paused" ? "⏸️" : "✅"} Rollout ${state.phase}: ${state.reason}`;
	await writeSummary([
		title,
		describeHandle(handle),
		describeTimeline(timeline),
		diagnosis
	].join("\n\n"));
	if (hasFailed) failStep("Watch rollout", `rollout ${state.phase}: ${state.reason}`);
});
export {};
