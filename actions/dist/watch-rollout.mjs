import { s as info } from "./shared/github.mjs";
import { An as describeHandle, Ct as setOutputs, Gt as jsonInput, Ht as writeSummary, Kt as roleInput, Mn as describeTimeline, Ot as readAnalysisInterval, Qt as serviceDeployments, Rt as systemClock, St as runAction, Wt as defineContract, Xt as awsClients, cn as rolloutHandleSchema, mn as watchRollout, qt as readDiagnosis, vn as describeDiagnosis, wt as readInputs, xt as failStep, yn as reasonWithCause } from "./shared/sluice.mjs";
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
	const facts = hasFailed ? await readDiagnosis(clients, handle, view) : void 0;
	const reason = facts ? reasonWithCause(facts) : state.reason;
	setOutputs(contract, {
		state: state.phase,
		stage: state.stage,
		"hook-id": state.phase === "paused" ? state.hook.hookId : "",
		outcome: state.phase === "landed" ? "pass" : hasFailed ? "fail" : "inconclusive",
		reason
	});
	const story = [
		`### ${hasFailed ? "❌" : state.phase === "paused" ? "⏸️" : "✅"} Rollout ${state.phase}: ${state.reason}`,
		describeHandle(handle),
		describeTimeline(timeline),
		facts ? describeDiagnosis(facts) : ""
	];
	await writeSummary(story.join("\n\n"));
	if (hasFailed) failStep("Watch rollout", `rollout ${state.phase}: ${reason}`);
});
export {};
