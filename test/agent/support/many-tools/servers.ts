/**
 * 25 invented tool servers with 20 tools each, as servers of companies are: most tools do one of five things with one of a few
 * things, so that many sound alike; eight of the servers describe themselves in Korean.
 */

type Verb = 'list' | 'get' | 'create' | 'update' | 'delete';
const verbs: readonly Verb[] = ['list', 'get', 'create', 'update', 'delete'];

/** How a server names and describes what it does with its things: `{one}`, `{many}` and `{what}` are the thing's. */
type Style = Readonly<Record<Verb, readonly [name: string, description: string]>>;

const plainStyle: Style = {
  list: ['list_{many}', 'List {many} {what}, a page at a time. Can be filtered and sorted.'],
  get: ['get_{one}', 'Get one {one} by its id, with all of its fields.'],
  create: ['create_{one}', 'Create a new {one}. Returns the id of what was created.'],
  update: ['update_{one}', 'Update fields of an existing {one}. Fields that are left out stay as they are.'],
  delete: ['delete_{one}', 'Delete a {one} for good. This cannot be undone.'],
};
const wordyStyle: Style = {
  list: ['search{Many}', 'Searches {many} {what} and returns those that match, newest first.'],
  get: ['read{One}', 'Reads the details of a single {one}.'],
  create: ['add{One}', 'Adds a {one}. Use it when the user wants a new {one} to be made.'],
  update: ['edit{One}', 'Edits a {one} that is there already: changes what the user wants changed.'],
  delete: ['remove{One}', 'Removes a {one}. Ask the user before.'],
};
const koreanStyle: Style = {
  list: ['list_{name}', '{what} {ko} 목록을 조회합니다. 기간과 상태로 거를 수 있습니다.'],
  get: ['get_{name}', '{ko} 한 건의 상세 정보를 조회합니다.'],
  create: ['create_{name}', '새 {ko} 항목을 등록합니다. 등록된 번호를 돌려줍니다.'],
  update: ['update_{name}', '이미 있는 {ko} 내용을 수정합니다.'],
  delete: ['delete_{name}', '{ko} 항목을 삭제합니다. 되돌릴 수 없습니다.'],
};
const koreanNames: Style = {
  list: ['{ko}_목록', '{what} {ko}의 목록을 보여 줍니다.'],
  get: ['{ko}_조회', '{ko} 하나를 자세히 보여 줍니다.'],
  create: ['{ko}_등록', '{ko}을(를) 새로 등록합니다.'],
  update: ['{ko}_수정', '등록된 {ko}의 내용을 고칩니다.'],
  delete: ['{ko}_삭제', '{ko}을(를) 지웁니다.'],
};

interface Thing {
  readonly one: string;
  readonly many?: string;
  readonly ko?: string;
  readonly what: string;
}

interface ServerPlan {
  readonly name: string;
  readonly style: Style;
  readonly things: readonly [Thing, Thing, Thing];
  /** Five more, as `name: description`. */
  readonly more: readonly [string, string, string, string, string];
}

const plans: readonly ServerPlan[] = [
  {
    name: 'tracker',
    style: plainStyle,
    things: [
      { one: 'issue', what: 'of a project, such as bugs and feature requests' },
      { one: 'milestone', what: 'of a project, with their due dates' },
      { one: 'label', what: 'that issues can be given' },
    ],
    more: [
      'assign_issue: Assign an issue to a member of the team.',
      'close_issue: Close an issue as done or as not planned.',
      'comment_on_issue: Write a comment below an issue.',
      'link_issues: Say that an issue blocks, duplicates or relates to another one.',
      'burndown: Show how much work of the current sprint is left, day by day.',
    ],
  },
  {
    name: 'forge',
    style: wordyStyle,
    things: [
      { one: 'PullRequest', what: 'of a repository, open or merged' },
      { one: 'Branch', many: 'Branches', what: 'of a repository' },
      { one: 'Release', what: 'of a repository, with their notes' },
    ],
    more: [
      'mergePullRequest: Merges a pull request into its base branch, by merge, squash or rebase.',
      'reviewPullRequest: Approves a pull request or requests changes, with comments on lines.',
      'readFile: Reads a source file of a repository at a commit.',
      'searchCode: Searches source code in all repositories for a symbol or a text.',
      'rerunWorkflow: Runs a failed continuous integration job once more.',
    ],
  },
  {
    name: 'calendar',
    style: plainStyle,
    things: [
      { one: 'event', what: 'in a calendar, such as meetings and appointments' },
      { one: 'calendar', what: 'that the user can see' },
      { one: 'reminder', what: 'that go off before events' },
    ],
    more: [
      'find_free_time: Find a time slot when all of several people are free.',
      'invite_attendees: Invite people to an event and send them an invitation.',
      'respond_to_invitation: Accept, decline or tentatively accept an invitation.',
      'get_holidays: Public holidays of a country in a year.',
      'set_working_hours: Set on which days and hours a person works.',
    ],
  },
  {
    name: 'mail',
    style: wordyStyle,
    things: [
      { one: 'Message', what: 'in the mailbox by sender, subject or text' },
      { one: 'Draft', what: 'that were not sent yet' },
      { one: 'Folder', what: 'of the mailbox' },
    ],
    more: [
      'sendEmail: Sends an email to one or more recipients, with attachments.',
      'replyToMessage: Answers an email, to its sender or to all.',
      'forwardMessage: Forwards an email to somebody else.',
      'markAsSpam: Marks an email as junk and blocks its sender.',
      'setOutOfOffice: Turns the automatic reply for absences on or off.',
    ],
  },
  {
    name: 'drive',
    style: plainStyle,
    things: [
      { one: 'document', what: 'in the shared drive' },
      { one: 'folder', what: 'in the shared drive' },
      { one: 'permission', what: 'of a document: who can read and write it' },
    ],
    more: [
      'upload_file: Upload a file to the drive.',
      'download_file: Download the content of a file.',
      'convert_to_pdf: Convert a document to PDF.',
      'restore_version: Bring an earlier version of a document back.',
      'share_link: Make a link by which anybody can open a document.',
    ],
  },
  {
    name: 'crm',
    style: plainStyle,
    things: [
      { one: 'contact', what: 'of customers: names, phone numbers, email addresses' },
      { one: 'deal', what: 'in the sales pipeline, with their amounts and stages' },
      { one: 'account', what: 'of customer companies' },
    ],
    more: [
      'log_call: Note down a phone call with a customer.',
      'move_deal: Move a deal to another stage of the sales pipeline.',
      'forecast_revenue: Forecast the revenue of a quarter from open deals.',
      'merge_contacts: Merge two contacts that are the same person.',
      'import_leads: Import leads from a spreadsheet.',
    ],
  },
  {
    name: 'billing',
    style: wordyStyle,
    things: [
      { one: 'Invoice', what: 'sent to customers, paid or overdue' },
      { one: 'Subscription', what: 'of customers to plans' },
      { one: 'Coupon', what: 'that give a discount' },
    ],
    more: [
      'refundPayment: Gives a payment back to the customer, whole or in part.',
      'chargeCard: Charges the stored credit card of a customer.',
      'exportLedger: Exports bookings for the tax accountant as CSV.',
      'sendPaymentReminder: Reminds a customer of an overdue invoice.',
      'convertCurrency: Converts an amount of money by the exchange rate of a day.',
    ],
  },
  {
    name: 'shop',
    style: plainStyle,
    things: [
      { one: 'product', what: 'in the catalogue of the store' },
      { one: 'order', what: 'of the store, with their state' },
      { one: 'review', what: 'that buyers wrote of products' },
    ],
    more: [
      'check_stock: How many pieces of a product are in the warehouse.',
      'track_shipment: Where a parcel is and when it will arrive.',
      'print_shipping_label: Print a label for a parcel.',
      'cancel_order: Cancel an order that was not shipped yet.',
      'set_price: Set the price of a product, from a date on.',
    ],
  },
  {
    name: 'cluster',
    style: plainStyle,
    things: [
      { one: 'deployment', what: 'of a namespace of the Kubernetes cluster' },
      { one: 'pod', what: 'that run in a namespace' },
      { one: 'secret', what: 'of a namespace, without their values' },
    ],
    more: [
      'scale_deployment: Change how many replicas of a deployment run.',
      'rollback_deployment: Go back to the revision of a deployment before this one.',
      'tail_logs: The last lines that a container wrote to its log.',
      'exec_command: Run a shell command in a container.',
      'drain_node: Move everything off a node so that it can be maintained.',
    ],
  },
  {
    name: 'monitor',
    style: wordyStyle,
    things: [
      { one: 'Alert', what: 'that fired, by severity' },
      { one: 'Dashboard', what: 'with charts of metrics' },
      { one: 'Incident', what: 'that are open or resolved' },
    ],
    more: [
      'queryMetrics: Queries time series such as CPU, memory and latency.',
      'acknowledgeAlert: Says that somebody takes care of an alert.',
      'silenceAlert: Keeps an alert quiet for some hours.',
      'whoIsOnCall: Tells which engineer is on call now.',
      'uptimeReport: Availability of a service over a month in percent.',
    ],
  },
  {
    name: 'database',
    style: plainStyle,
    things: [
      { one: 'table', what: 'of a schema in the SQL database' },
      { one: 'index', many: 'indexes', what: 'of a table' },
      { one: 'user', what: 'of the database and their grants' },
    ],
    more: [
      'run_query: Run a read-only SQL query and return its rows.',
      'explain_query: Show the plan by which a slow SQL query is executed.',
      'backup_database: Make a backup of the database now.',
      'restore_backup: Restore the database from a backup.',
      'count_rows: How many rows a table has.',
    ],
  },
  {
    name: 'notes',
    style: wordyStyle,
    things: [
      { one: 'Note', what: 'in the personal notebook' },
      { one: 'Tag', what: 'that notes carry' },
      { one: 'Task', what: 'on the to-do list' },
    ],
    more: [
      'completeTask: Ticks a task off the to-do list.',
      'linkNotes: Links two notes with each other.',
      'exportNotebook: Exports all notes as Markdown.',
      'dailyNote: Opens the journal page of a day.',
      'pinNote: Keeps a note at the top of the notebook.',
    ],
  },
  {
    name: 'travel',
    style: plainStyle,
    things: [
      { one: 'flight', what: 'between two airports on a day' },
      { one: 'hotel', what: 'in a city with free rooms' },
      { one: 'trip', what: 'that the user has planned' },
    ],
    more: [
      'book_train: Book a seat on a train.',
      'rent_car: Rent a car at an airport.',
      'check_in: Check in for a flight and get the boarding pass.',
      'visa_rules: Whether a traveller needs a visa for a country.',
      'flight_status: Whether a flight is delayed, and its gate.',
    ],
  },
  {
    name: 'weather',
    style: wordyStyle,
    things: [
      { one: 'Station', what: 'that measure the weather near a place' },
      { one: 'Warning', what: 'of storms, floods and heat' },
      { one: 'Location', what: 'that the user looks at often' },
    ],
    more: [
      'forecast: Weather forecast of a place for the next ten days: temperature, rain, wind.',
      'currentConditions: Temperature, humidity and wind at a place right now.',
      'airQuality: Fine dust and ozone in the air of a city.',
      'sunTimes: When the sun rises and sets at a place.',
      'tideTable: Times of high and low water at a harbour.',
    ],
  },
  {
    name: 'music',
    style: plainStyle,
    things: [
      { one: 'playlist', what: 'of the listener' },
      { one: 'song', what: 'in the library by title or singer' },
      { one: 'podcast', what: 'that the listener follows' },
    ],
    more: [
      'play: Start playing a song, an album or a playlist.',
      'pause: Stop the playback for now.',
      'set_volume: Make the sound louder or quieter.',
      'get_lyrics: The words of a song.',
      'recommend_songs: Songs like one that the listener likes.',
    ],
  },
  {
    name: 'home',
    style: wordyStyle,
    things: [
      { one: 'Device', what: 'of the smart home, such as lamps and locks' },
      { one: 'Room', what: 'of the house' },
      { one: 'Automation', what: 'that do something at a time or on an event' },
    ],
    more: [
      'switchLight: Turns a lamp on or off and dims it.',
      'setThermostat: Sets how warm a room is heated.',
      'lockDoor: Locks or unlocks the front door.',
      'cameraSnapshot: Takes a picture with a security camera.',
      'energyUsage: How much electricity the house used on a day.',
    ],
  },
  {
    name: 'survey',
    style: plainStyle,
    things: [
      { one: 'form', what: 'with questions for respondents' },
      { one: 'response', what: 'to a form' },
      { one: 'question', what: 'of a form' },
    ],
    more: [
      'publish_form: Open a form so that people can fill it in.',
      'summarize_responses: Sum up what people answered, with charts.',
      'export_responses: Export all answers to a spreadsheet.',
      'duplicate_form: Make a copy of a form.',
      'send_form: Send a form to people by email.',
    ],
  },
  {
    name: 'delivery',
    style: koreanStyle,
    things: [
      { one: 'parcel', ko: '택배', what: '보낸 사람 기준' },
      { one: 'pickup', ko: '방문 수거', what: '예약된' },
      { one: 'return_request', ko: '반품', what: '접수된' },
    ],
    more: [
      'track_parcel: 운송장 번호로 택배의 현재 위치와 도착 예정 시각을 알려 줍니다.',
      'estimate_fee: 무게와 거리로 배송비를 계산합니다.',
      'find_locker: 가까운 무인 택배함을 찾습니다.',
      'change_address: 배송지 주소를 바꿉니다.',
      'report_damage: 파손된 물품을 신고하고 보상을 신청합니다.',
    ],
  },
  {
    name: 'school',
    style: koreanNames,
    things: [
      { one: 'student', ko: '학생', what: '학급별' },
      { one: 'homework', ko: '숙제', what: '과목별' },
      { one: 'grade', ko: '성적', what: '학기별' },
    ],
    more: [
      '출석_확인: 학생이 오늘 출석했는지 확인합니다.',
      '급식_메뉴: 이번 주 급식 식단을 알려 줍니다.',
      '시간표_조회: 학급의 수업 시간표를 보여 줍니다.',
      '가정통신문_발송: 학부모에게 가정통신문을 보냅니다.',
      '상담_예약: 담임 선생님과의 상담을 예약합니다.',
    ],
  },
  {
    name: 'bank',
    style: koreanStyle,
    things: [
      { one: 'account', ko: '계좌', what: '고객이 가진' },
      { one: 'card', ko: '카드', what: '고객이 쓰는' },
      { one: 'loan', ko: '대출', what: '진행 중인' },
    ],
    more: [
      'transfer_money: 다른 계좌로 돈을 이체합니다.',
      'check_balance: 계좌의 잔액을 확인합니다.',
      'exchange_rate: 원화와 외국 돈의 환율을 알려 줍니다.',
      'lock_card: 잃어버린 카드를 정지합니다.',
      'interest_calculator: 예금과 적금의 이자를 계산합니다.',
    ],
  },
  {
    name: 'hospital',
    style: koreanNames,
    things: [
      { one: 'appointment', ko: '진료예약', what: '환자의' },
      { one: 'prescription', ko: '처방전', what: '환자의' },
      { one: 'ward', ko: '병실', what: '비어 있는' },
    ],
    more: [
      '검사결과_확인: 혈액 검사와 영상 검사의 결과를 확인합니다.',
      '응급실_현황: 가까운 응급실의 대기 인원을 알려 줍니다.',
      '약국_찾기: 지금 문을 연 약국을 찾습니다.',
      '예방접종_기록: 맞은 예방 주사의 기록을 보여 줍니다.',
      '진료비_계산: 진료비와 보험 적용 금액을 계산합니다.',
    ],
  },
  {
    name: 'transit',
    style: koreanStyle,
    things: [
      { one: 'route', ko: '노선', what: '버스와 지하철의' },
      { one: 'stop', ko: '정류장', what: '가까운' },
      { one: 'pass', ko: '정기권', what: '이용자의' },
    ],
    more: [
      'next_bus: 정류장에 다음 버스가 몇 분 뒤에 도착하는지 알려 줍니다.',
      'find_route: 출발지에서 목적지까지 가는 가장 빠른 길을 찾습니다.',
      'last_train: 지하철 막차 시각을 알려 줍니다.',
      'call_taxi: 지금 있는 곳으로 택시를 부릅니다.',
      'parking_lots: 빈자리가 있는 주차장을 찾습니다.',
    ],
  },
  {
    name: 'office',
    style: koreanStyle,
    things: [
      { one: 'approval', ko: '결재 문서', what: '내가 올린' },
      { one: 'vacation', ko: '휴가', what: '직원별' },
      { one: 'meeting_room', ko: '회의실', what: '층별' },
    ],
    more: [
      'apply_vacation: 연차나 반차 휴가를 신청합니다.',
      'reserve_room: 회의실을 시간대별로 예약합니다.',
      'submit_expense: 영수증을 붙여 경비를 청구합니다.',
      'pay_slip: 이번 달 급여 명세서를 보여 줍니다.',
      'org_chart: 부서와 직원의 조직도를 보여 줍니다.',
    ],
  },
  {
    name: 'restaurant',
    style: koreanNames,
    things: [
      { one: 'menu', ko: '메뉴', what: '가게의' },
      { one: 'booking', ko: '예약', what: '날짜별' },
      { one: 'coupon', ko: '할인쿠폰', what: '쓸 수 있는' },
    ],
    more: [
      '주문_접수: 포장이나 배달 주문을 받습니다.',
      '대기_등록: 식당의 대기 줄에 이름을 올립니다.',
      '맛집_추천: 위치와 음식 종류로 맛집을 추천합니다.',
      '알레르기_확인: 음식에 알레르기 재료가 들어 있는지 확인합니다.',
      '칼로리_계산: 음식의 열량을 계산합니다.',
    ],
  },
  {
    name: 'civil',
    style: koreanStyle,
    things: [
      { one: 'complaint', ko: '민원', what: '접수된' },
      { one: 'certificate', ko: '증명서', what: '발급된' },
      { one: 'tax_bill', ko: '세금 고지서', what: '납부할' },
    ],
    more: [
      'issue_resident_copy: 주민등록등본을 발급합니다.',
      'pay_tax: 지방세를 납부합니다.',
      'trash_schedule: 동네의 쓰레기 분리수거 요일을 알려 줍니다.',
      'report_pothole: 도로 파손과 같은 불편을 신고합니다.',
      'library_books: 공공 도서관에서 책을 찾고 대출 가능한지 확인합니다.',
    ],
  },
];

export interface ManyTool {
  readonly server: string;
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly type: 'object'; readonly [keyword: string]: unknown };
}

/** All 500. */
export const manyTools: readonly ManyTool[] = plans.flatMap(({ name: server, style, things, more }) => [
  ...things.flatMap((thing) =>
    verbs.map((verb) => {
      const [name, description] = style[verb];
      return { server, name: fill(name, thing), description: fill(description, thing), inputSchema: schemaOf(verb) };
    }),
  ),
  ...more.map((line) => {
    const [name = '', description = ''] = line.split(': ');
    return { server, name, description: line.slice(name.length + 2) || description, inputSchema: schemaOf('update') };
  }),
]);

export const serverNames: readonly string[] = plans.map(({ name }) => name);

function fill(text: string, { one, many = `${one}s`, ko = '', what }: Thing): string {
  const spaced = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return text
    .replaceAll('{One}', one)
    .replaceAll('{Many}', many)
    .replaceAll('{name}', one)
    .replaceAll('{one}', spaced(one))
    .replaceAll('{many}', spaced(many))
    .replaceAll('{ko}', ko)
    .replaceAll('{what}', what);
}

function schemaOf(verb: Verb): ManyTool['inputSchema'] {
  const id = { type: 'string', description: 'Id of what is meant.' };
  const fields = {
    title: { type: 'string', description: 'What it is called. At most 200 characters.' },
    notes: { type: 'string', description: 'Anything else that is to be known of it.' },
    priority: { type: 'string', enum: ['low', 'normal', 'high'] },
    tags: { type: 'array', items: { type: 'string' } },
  };
  const pages = {
    filter: { type: 'string', description: 'Only what matches. Empty for all.' },
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    cursor: { type: 'string', description: 'From the page before.' },
  };
  const properties = { list: pages, get: { id }, create: fields, update: { id, ...fields }, delete: { id } }[verb];
  const required = verb === 'list' ? [] : verb === 'create' ? ['title'] : ['id'];
  return { type: 'object', properties, required };
}
