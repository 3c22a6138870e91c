import { Dt as jsonInput, Et as defineContract, I as nextEnvironments, Ot as roleInput, _ as describeBundle, at as failStep, b as bundleSha256, bt as systemClock, ct as readInputs, et as rolesOfJobs, ht as releaseSchema, i as planPromotion, ot as runAction, p as writeBundle, pt as readDesiredState, st as setOutputs, wt as writeSummary } from "./shared/sluice.mjs";
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
