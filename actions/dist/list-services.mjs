import { Ct as markdownTable, Et as defineContract, F as firstEnvironment, ot as runAction, pt as readDesiredState, st as setOutputs, wt as writeSummary } from "./shared/sluice.mjs";
// src/contracts/list-services.ts
const contract = defineContract({}, ["services", "first"]);
// src/list-services.ts
await runAction("List services", async () => {
	const state = await readDesiredState();
	const services = Object.entries(state.project.services);
	const first = firstEnvironment(state);
	setOutputs(contract, {
		services: JSON.stringify(services.map(([name]) => name)),
		first
	});
	const rows = services.map(([name, { path, image, owners }]) => [
		name,
		path,
		image,
		owners.join(", ")
	]);
	await writeSummary(`### Services, on their way to ${first} first\n\n${markdownTable([
		"service",
		"folder",
		"image",
		"owners"
	], rows)}`);
});
export {};
