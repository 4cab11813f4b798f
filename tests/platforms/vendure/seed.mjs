// seed.mjs - fills a fresh Vendure over its Admin API.
// PRODUCTS=40 VARIANTS=3 ORDERS=24
import { cancel, createProduct, draft, fulfil, gql, login, pay, translations,
  updateVariant } from './client.mjs';

const count = (name, otherwise) => Number(process.env[name] || otherwise);
const PRODUCTS = count('PRODUCTS', 40), ORDERS = count('ORDERS', 24);
const SIZES = ['S', 'M', 'L', 'XL', 'XXL'].slice(0, count('VARIANTS', 3));

// What a shop needs before a price or an order can exist.
async function shop() {
  const { createCountry: country } = await gql(
    'mutation($i: CreateCountryInput!) { createCountry(input: $i) { id } }',
    { i: { code: 'GB', enabled: true, translations: translations('UK') } });
  const { createZone: zone } = await gql(
    'mutation($i: CreateZoneInput!) { createZone(input: $i) { id } }',
    { i: { name: 'UK', memberIds: [country.id] } });
  const { activeChannel: channel } = await gql('{ activeChannel { id } }');
  await gql(`mutation($i: UpdateChannelInput!) { updateChannel(input: $i) {
    __typename ... on ErrorResult { errorCode message } } }`,
    { i: { id: channel.id, defaultTaxZoneId: zone.id,
      defaultShippingZoneId: zone.id, defaultCurrencyCode: 'GBP',
      availableCurrencyCodes: ['GBP'], pricesIncludeTax: false } });
  const { createTaxCategory: tax } = await gql(`mutation {
    createTaxCategory(input: { name: "Standard", isDefault: true }) { id } }`);
  await gql('mutation($i: CreateTaxRateInput!) { createTaxRate(input: $i) { id } }',
    { i: { name: 'VAT', enabled: true, value: 20, categoryId: tax.id,
      zoneId: zone.id } });
  await gql(`mutation($i: CreateShippingMethodInput!) {
    createShippingMethod(input: $i) { id } }`,
    { i: { code: 'standard', fulfillmentHandler: 'manual-fulfillment',
      translations: translations('Standard', { description: '' }),
      checker: { code: 'default-shipping-eligibility-checker',
        arguments: [{ name: 'orderMinimum', value: '0' }] },
      calculator: { code: 'default-shipping-calculator', arguments: [
        { name: 'rate', value: '500' },
        { name: 'includesTax', value: 'auto' },
        { name: 'taxRate', value: '20' }] } } });
  await gql(`mutation($i: CreatePaymentMethodInput!) {
    createPaymentMethod(input: $i) { id } }`,
    { i: { code: 'dummy', enabled: true,
      translations: translations('Dummy', { description: '' }),
      handler: { code: 'dummy-payment-handler',
        arguments: [{ name: 'automaticSettle', value: 'true' }] } } });
  // Large orders get a discount, so that lines have a prorated price.
  await gql(`mutation($i: CreatePromotionInput!) {
    createPromotion(input: $i) { ... on Promotion { id }
      ... on ErrorResult { errorCode message } } }`,
    { i: { enabled: true, translations: translations('Large'),
      conditions: [{ code: 'minimum_order_amount', arguments: [
        { name: 'amount', value: '5500' },
        { name: 'taxInclusive', value: 'false' }] }],
      actions: [{ code: 'order_percentage_discount', arguments: [
        { name: 'discount', value: '7' }] }] } });
  return tax.id;
}

async function locations() {
  const { stockLocations: { items } } =
    await gql('{ stockLocations { items { id } } }');
  const ids = [items[0].id];
  for (const name of ['Leeds', 'Rotterdam'])
    ids.push((await gql(`mutation($n: String!) { createStockLocation(
      input: { name: $n, description: "" }) { id } }`, { n: name }))
      .createStockLocation.id);
  return ids;
}

async function products(tax, places) {
  const variants = [];
  for (let p = 0; p < PRODUCTS; p++) {
    const product = await createProduct('P' + String(p).padStart(5, '0'),
      SIZES, n => ({ price: 1000 + 10 * p + n, taxCategoryId: tax,
        stockLevels: places.map((id, j) =>
          ({ stockLocationId: id, stockOnHand: 1000 + 10 * p + j })) }));
    variants.push(...product.variants);
  }
  await updateVariant(variants[4], { enabled: false });
  return variants;
}

// Every 8th stays a draft, every 10th is cancelled, every 5th in part; every
// 3rd is sent in part, every 6th delivered whole.
async function orders(variants) {
  for (let i = 0; i < ORDERS; i++) {
    const order = await draft([
      [variants[(i * 7) % variants.length], 2],
      [variants[(i * 13 + 1) % variants.length], 1 + i % 3]], 'c' + i % 10);
    if (i % 8 === 7) continue;
    const lines = await pay(order);
    if (i % 10 === 9) await cancel(order);
    else if (i % 5 === 2)
      await cancel(order, [{ orderLineId: lines[0].id, quantity: 1 }]);
    else if (i % 6 === 0)
      await fulfil(lines.map(l => ({ orderLineId: l.id, quantity: l.quantity })),
        'Shipped', 'Delivered');
    else if (i % 3 === 0)
      await fulfil([{ orderLineId: lines[0].id, quantity: 1 }], 'Shipped');
  }
}

await login();
const tax = await shop();
await orders(await products(tax, await locations()));
console.log(`vendure: ${PRODUCTS * SIZES.length} variants, ${ORDERS} orders`);
