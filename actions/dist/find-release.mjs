import { Ct as setOutputs, Dt as findService, Ht as writeSummary, M as releaseAsText, Q as gitHub, St as runAction, Ut as booleanInput, Wt as defineContract, k as listDeployments, kt as readDesiredState, un as ConfigurationError, wt as readInputs } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
// core/src/promotion/choose-release.ts
function chooseRelease(deployments, present, { environment, digest, beforePresent }) {
	if (!beforePresent && (digest == null || present.image.endsWith(`@${digest}`))) return present;
	const last = new Map();
	for (const deployment of deployments) if (!last.has(deployment.release.image)) last.set(deployment.release.image, deployment);
	const good = [...last.values()].filter(({ outcome, release }) => outcome === "pass" && !(beforePresent && release.image === present.image));
	const found = digest == null ? good[0] : good.find(({ release }) => release.image.endsWith(`@${digest}`));
	if (found) return found.release;
	const list = good.map(({ release }) => `${release.image.split("@")[1]} (${release.version})`).join(", ");
	throw new ConfigurationError([{
		message: `expected ${digest ?? "a release"} among those that ran well in ${environment}, found ${list || "none"}`,
		hint: "only what ran there well can be returned to or promoted from there"
	}]);
}
// src/contracts/find-release.ts
const contract = defineContract({
	environment: string(),
	service: string(),
	digest: string().regex(/^sha256:[0-9a-f]{64}$/, "expected sha256:<64 hex digits>").optional(),
	"before-present": booleanInput.prefault("false"),
	token: string()
}, ["release"]);
// src/find-release.ts
await runAction("Find release", async () => {
	const { environment, service, digest, token, ...inputs } = readInputs(contract.inputs);
	const present = releaseAsText(findService(await readDesiredState(), environment, service).service.release);
	const deployments = await listDeployments(gitHub(token), environment, service);
	const beforePresent = inputs["before-present"];
	const release = chooseRelease(deployments, present, {
		environment,
		digest,
		beforePresent
	});
	setOutputs(contract, { release: JSON.stringify(release) });
	await writeSummary(`### Release\n\n\`${release.image}\`, version ${release.version}, commit ${release.commit}`);
});
export {};
