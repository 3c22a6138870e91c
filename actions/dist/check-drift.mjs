import { Et as roleInput, Pt as names, R as checkDrift, St as writeSummary, Z as roleToAssume, at as setOutputs, dt as readDesiredState, ft as workspace, it as runAction, ot as readInputs, q as describeDrift, rt as failStep, st as findEnvironment, vt as systemClock, wt as defineContract } from "./shared/sluice.mjs";
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
