/**
 * A hundred questions, and the tool that answers each, as `server tool`. They are searched for as they stand here: in words
 * that a model would search by, whole sentences among them, and not always those of the tool.
 */
const english = `
create a new bug report | tracker create_issue
all open issues in the project | tracker list_issues
assign this bug to Mina | tracker assign_issue
close issue as done | tracker close_issue
write a comment on an issue | tracker comment_on_issue
mark issue as duplicate of another issue | tracker link_issues
how much work is left in the sprint | tracker burndown
delete a milestone | tracker delete_milestone
merge the pull request | forge mergePullRequest
approve pull request review | forge reviewPullRequest
search source code for a function name | forge searchCode
rerun the failed CI workflow | forge rerunWorkflow
add a release with notes | forge addRelease
remove a branch | forge removeBranch
schedule a meeting tomorrow, create calendar event | calendar create_event
find a time when everybody is free | calendar find_free_time
decline an invitation | calendar respond_to_invitation
public holidays in Korea | calendar get_holidays
delete reminder | calendar delete_reminder
send an email to my boss | mail sendEmail
reply to an email | mail replyToMessage
forward email to a colleague | mail forwardMessage
mark as spam | mail markAsSpam
automatic out of office reply | mail setOutOfOffice
search mailbox messages by sender | mail searchMessages
upload a file | drive upload_file
convert document to pdf | drive convert_to_pdf
restore an earlier version of a document | drive restore_version
share a document with a link | drive share_link
find a customer's phone number in contacts | crm list_contacts
log a phone call with a customer | crm log_call
move a deal to the next stage | crm move_deal
revenue forecast for this quarter | crm forecast_revenue
refund a payment | billing refundPayment
overdue invoices | billing searchInvoices
convert dollars to another currency | billing convertCurrency
add a coupon for a discount | billing addCoupon
how many pieces are in stock | shop check_stock
where is my parcel, track shipment | shop track_shipment
cancel an order | shop cancel_order
change the price of a product | shop set_price
scale deployment to five replicas | cluster scale_deployment
rollback a deployment | cluster rollback_deployment
show container logs | cluster tail_logs
list pods in namespace | cluster list_pods
who is on call right now | monitor whoIsOnCall
silence an alert | monitor silenceAlert
query CPU and memory metrics | monitor queryMetrics
run an SQL query | database run_query
why is this SQL query slow, explain plan | database explain_query
make a database backup | database backup_database
tick off a task on my to-do list | notes completeTask
weather forecast for Seoul | weather forecast
fine dust air quality | weather airQuality
turn on the lamp in the kitchen | home switchLight
lock the front door | home lockDoor
book a train seat | travel book_train
is my flight delayed | travel flight_status
lyrics of a song | music get_lyrics
summarize what people answered in the survey | survey summarize_responses
`;

const korean = `
택배 어디쯤 왔는지 위치 조회 | delivery track_parcel
배송비가 얼마인지 계산해 줘 | delivery estimate_fee
배송지 주소를 바꾸고 싶어 | delivery change_address
근처 무인 택배함 찾기 | delivery find_locker
물건이 파손되어 신고하려고 | delivery report_damage
반품 등록 | delivery create_return_request
반품 목록을 보여줘 | delivery list_return_request
방문 수거 예약 삭제 | delivery delete_pickup
이번 주 급식 메뉴가 뭐야 | school 급식_메뉴
오늘 출석했는지 확인 | school 출석_확인
우리 반 시간표 보여 줘 | school 시간표_조회
숙제를 새로 등록해 줘 | school 숙제_등록
성적을 수정하기 | school 성적_수정
학생 목록 | school 학생_목록
담임 선생님 상담 예약 | school 상담_예약
학부모에게 가정통신문 보내기 | school 가정통신문_발송
돈을 이체해 줘 | bank transfer_money
통장 계좌 잔액이 얼마야 | bank check_balance
오늘 환율 알려줘 | bank exchange_rate
카드를 잃어버렸어, 정지해 줘 | bank lock_card
적금 이자 계산 | bank interest_calculator
대출 상세 정보 조회 | bank get_loan
혈액 검사 결과 확인 | hospital 검사결과_확인
가까운 응급실 대기 | hospital 응급실_현황
지금 문 연 약국 | hospital 약국_찾기
진료예약 등록 | hospital 진료예약_등록
진료비가 얼마나 나올지 계산 | hospital 진료비_계산
다음 버스는 언제 도착해? | transit next_bus
막차 시간 알려 줘 | transit last_train
택시 불러 줘 | transit call_taxi
빈 주차장 찾아 줘 | transit parking_lots
강남에서 홍대까지 가는 빠른 길 찾기 | transit find_route
연차 휴가를 신청하고 싶어요 | office apply_vacation
회의실 예약해 줘 | office reserve_room
영수증으로 경비 청구 | office submit_expense
급여 명세서 보여줘 | office pay_slip
맛집 추천해 줘 | restaurant 맛집_추천
음식 칼로리 계산 | restaurant 칼로리_계산
주민등록등본 발급 | civil issue_resident_copy
쓰레기 분리수거 요일이 언제야 | civil trash_schedule
`;

export interface ToolQuestion {
  readonly query: string;
  readonly server: string;
  readonly tool: string;
}

export const toolQuestions: readonly ToolQuestion[] = [...english.trim().split('\n'), ...korean.trim().split('\n')].map(
  (line) => {
    const [query = '', wanted = ''] = line.split(' | ');
    const [server = '', tool = ''] = wanted.split(' ');
    return { query, server, tool };
  },
);
