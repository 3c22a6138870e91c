import { $ as isStatus, Ct as setOutputs, D as describeOpenPromotions, E as readPromotionBranch, Ht as writeSummary, M as releaseAsText, Q as gitHub, Rt as systemClock, S as decideEligibility, St as runAction, Wt as defineContract, g as listOpenPulls, h as readReleaseFacts, kt as readDesiredState, un as ConfigurationError, v as readFile, wt as readInputs, x as freezeOf, y as readRelease } from "./shared/sluice.mjs";
import { O as string } from "./shared/vendor.mjs";
// src/contracts/list-promotions.ts
const contract = defineContract({ token: string() }, ["due"]);
// src/promotion/list-promotions.ts
async function listPromotions(github, state, now) {
	const promotions = [];
	for (const pull of await listOpenPulls(github)) {
		const place = readPromotionBranch(pull.branch);
		const found = place && state.environments[place.environment];
		if (!found || found.environment.promotion.mode !== "auto" || !found.services[place.service]) continue;
		promotions.push(await readPromotion(github, state, pull, place, now));
	}
	return promotions;
}
async function readPromotion(github, state, pull, place, now) {
	const path = `environments/${place.environment}/${place.service}.yaml`;
	const promotion = {
		pull: pull.number,
		...place
	};
	try {
		const release = readRelease((await readFile(github, path, pull.headSha)).text, path);
		const { facts } = await readReleaseFacts(github, state, {
			...place,
			release
		});
		const { reasons } = decideEligibility({
			bundle: facts,
			freeze: freezeOf(state, place.environment, now),
			now
		});
		return {
			...promotion,
			release,
			reasons
		};
	} catch (error) {
		if (isStatus(error, 404)) return {
			...promotion,
			reasons: [`its branch has no ${path}`]
		};
		if (error instanceof ConfigurationError) return {
			...promotion,
			reasons: [error.message]
		};
		throw error;
	}
}
// src/list-promotions.ts
await runAction("List promotions", async () => {
	const { token } = readInputs(contract.inputs);
	const promotions = await listPromotions(gitHub(token), await readDesiredState(), systemClock.now());
	const due = promotions.flatMap(({ environment, service, release, reasons }) => release && reasons.length === 0 ? [{
		environment,
		service,
		release: releaseAsText(release)
	}] : []);
	setOutputs(contract, { due: JSON.stringify(due) });
	await writeSummary(describeOpenPromotions(promotions));
});
export {};
