import { Ct as roleInput, G as describeDrift, R as checkDrift, Y as roleToAssume, at as findEnvironment, ht as systemClock, it as readInputs, jt as names, lt as readDesiredState, nt as runAction, rt as setOutputs, tt as failStep, ut as workspace, xt as defineContract, yt as writeSummary } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
// src/contracts/check-drift.ts
const contract = defineContract({
	environment: string(),
	role: roleInput.optional()
}, ["drifted"]);
// src/check-drift.ts
await runAction("Check drift", async () => {
	const inputs = readInputs(contract.inputs);
	const environment = findEnvironment(await readDesiredState(), inputs.environment);
	const { account } = environment.environment;
	const role = roleToAssume(inputs.role, account, names.role.drift(environment.name));
	const { stacks, services } = await checkDrift(environment, {
		root: workspace(),
		role
	}, systemClock);
	const lines = describeDrift(stacks, services);
	setOutputs(contract, { drifted: lines.length > 0 });
	const title = lines.length > 0 ? "⚠️ differs from git" : "✅ is as git says";
	const list = lines.map((line) => `- ${line}`);
	await writeSummary([
		`### ${environment.name} ${title}`,
		`${stacks.length} stacks compared`,
		...list
	].join("\n\n"));
	if (lines.length > 0) failStep("Check drift", `${environment.name} differs from git: ${lines.join("; ")}`);
});
export {};
