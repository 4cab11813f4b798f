// client.mjs - Vendure's Admin API over fetch(); nothing else is needed.
// VENDURE_URL=http://127.0.0.1:3000/admin-api
const url = process.env.VENDURE_URL || 'http://127.0.0.1:3000/admin-api';
let token;

// Sends one operation and gives its data; any kind of error throws.
export async function gql(query, variables) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: 'Bearer ' + token }),
    },
    body: JSON.stringify({ query, variables }),
  });
  token = reply.headers.get('vendure-auth-token') || token;
  const { data, errors } = await reply.json();
  if (errors) throw new Error(errors.map(e => e.message).join('; '));
  for (const result of Object.values(data))
    if (result?.errorCode)
      throw new Error(`${result.errorCode}: ${result.message}`);
  return data;
}

export async function login() {
  await gql(`mutation { login(username: "superadmin", password: "superadmin") {
    __typename ... on ErrorResult { errorCode message } } }`);
}

// The name of a thing, as Vendure wants it.
export const translations = (name, more = {}) =>
  [{ languageCode: 'en', name, ...more }];

const ERROR = '... on ErrorResult { errorCode message }';
const LINES = 'lines { id quantity productVariant { id } }';

export async function createProduct(code, sizes, variant) {
  const { createProduct: product } = await gql(
    'mutation($i: CreateProductInput!) { createProduct(input: $i) { id } }',
    { i: { enabled: true, translations: translations('Product ' + code,
      { slug: code.toLowerCase(), description: '' }) } });
  const { createProductOptionGroup: group } = await gql(
    `mutation($i: CreateProductOptionGroupInput!) {
      createProductOptionGroup(input: $i) { id options { id } } }`,
    { i: { code: code + '-size', translations: translations('Size'),
      options: sizes.map(size => ({ code: (code + '-' + size).toLowerCase(),
        translations: translations(size) })) } });
  await gql(`mutation($p: ID!, $g: ID!) {
    addOptionGroupToProduct(productId: $p, optionGroupId: $g) { id } }`,
    { p: product.id, g: group.id });
  const made = await gql(`mutation($i: [CreateProductVariantInput!]!) {
    createProductVariants(input: $i) { id } }`,
    { i: sizes.map((size, n) => ({ productId: product.id,
      sku: code + '-' + size, optionIds: [group.options[n].id],
      translations: translations(`Product ${code} ${size}`),
      trackInventory: 'TRUE', ...variant(n) })) });
  return { id: product.id, variants: made.createProductVariants.map(v => v.id) };
}

export const updateVariant = (id, change) => gql(
  `mutation($i: [UpdateProductVariantInput!]!) {
    updateProductVariants(input: $i) { id } }`, { i: [{ id, ...change }] });

// A draft of PAIRS [variant, quantity], ready to be paid.
export async function draft(pairs, customer, shipping = '1') {
  const { createDraftOrder: { id } } =
    await gql('mutation { createDraftOrder { id } }');
  for (const [v, q] of pairs)
    await gql(`mutation($o: ID!, $v: ID!, $q: Int!) { addItemToDraftOrder(
      orderId: $o, input: { productVariantId: $v, quantity: $q }) {
      ... on Order { id } ${ERROR} } }`, { o: id, v, q });
  await gql(`mutation($o: ID!, $c: CreateCustomerInput) {
    setCustomerForDraftOrder(orderId: $o, input: $c) {
      ... on Order { id } ${ERROR} } }`,
    { o: id, c: { firstName: customer, lastName: 'Test',
      emailAddress: customer + '@example.com' } });
  await gql(`mutation($o: ID!) { setDraftOrderShippingAddress(orderId: $o,
    input: { streetLine1: "1 High St", countryCode: "GB" }) { id } }`,
    { o: id });
  await gql(`mutation($o: ID!, $s: ID!) { setDraftOrderShippingMethod(
    orderId: $o, shippingMethodId: $s) { ... on Order { id } ${ERROR} } }`,
    { o: id, s: shipping });
  return id;
}

export async function pay(order) {
  await gql(`mutation($o: ID!) { transitionOrderToState(id: $o,
    state: "ArrangingPayment") { ... on Order { id } ${ERROR} } }`,
    { o: order });
  const { addManualPaymentToOrder: paid } = await gql(
    `mutation($i: ManualPaymentInput!) { addManualPaymentToOrder(input: $i) {
      ... on Order { id ${LINES} } ${ERROR} } }`,
    { i: { orderId: order, method: 'dummy', metadata: {} } });
  return paid.lines;
}

// Cancels LINES of an order, or the whole.
export const cancel = (order, lines) => gql(
  `mutation($i: CancelOrderInput!) { cancelOrder(input: $i) {
    ... on Order { id } ${ERROR} } }`,
  { i: { orderId: order, lines, reason: 'test' } });

export async function fulfil(lines, ...states) {
  const { addFulfillmentToOrder: { id } } = await gql(
    `mutation($i: FulfillOrderInput!) { addFulfillmentToOrder(input: $i) {
      ... on Fulfillment { id } ${ERROR} } }`,
    { i: { lines, handler: { code: 'manual-fulfillment', arguments: [
      { name: 'method', value: 'van' },
      { name: 'trackingCode', value: 'T' }] } } });
  for (const state of states)
    await gql(`mutation($f: ID!, $s: String!) {
      transitionFulfillmentToState(id: $f, state: $s) {
        ... on Fulfillment { id } ${ERROR} } }`, { f: id, s: state });
}
