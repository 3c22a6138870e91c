import { At as jsonInput, Ct as systemClock, Dt as writeSummary, S as bundleSha256, ct as failStep, dt as readInputs, gt as readDesiredState, h as writeBundle, i as planPromotion, jt as roleInput, kt as defineContract, lt as runAction, rt as rolesOfJobs, ut as setOutputs, vt as releaseSchema, y as describeBundle, z as nextEnvironments } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
// src/contracts/plan-promotion.ts
const contract = defineContract({
	environment: string(),
	service: string(),
	release: jsonInput(releaseSchema).optional(),
	reason: string().optional(),
	role: roleInput.optional(),
	token: string()
}, [
	"bundle",
	"bundle-sha256",
	"release",
	"from",
	"strategy",
	"region",
	"regions",
	"unchanged",
	"eligible",
	"reason",
	"next",
	"deploy-role",
	"rollout-role",
	"roll-back-role"
]);
// src/plan-promotion.ts
await runAction("Plan promotion", async () => {
	const inputs = readInputs(contract.inputs);
	const { environment, service } = inputs;
	const state = await readDesiredState();
	const { bundle, eligibility, unchanged, account } = await planPromotion(state, inputs, systemClock.now());
	const reason = eligibility.reasons.join("; ");
	setOutputs(contract, {
		bundle: await writeBundle(bundle),
		"bundle-sha256": bundleSha256(bundle),
		release: JSON.stringify(bundle.to),
		from: bundle.from?.commit ? JSON.stringify(bundle.from) : "",
		strategy: bundle.strategy,
		region: bundle.regions[0],
		regions: JSON.stringify(bundle.regions),
		unchanged: String(unchanged),
		eligible: String(eligibility.eligible),
		reason,
		next: JSON.stringify(nextEnvironments(state, environment).filter((next) => state.environments[next]?.services[service])),
		...rolesOfJobs(account, environment)
	});
	await writeSummary(`## ${service} ${bundle.to.version} to ${environment}\n\n${describeBundle(bundle, eligibility)}`);
	if (!eligibility.onlyTime && !unchanged) failStep(`${service} may not enter ${environment}`, reason);
});
export {};
