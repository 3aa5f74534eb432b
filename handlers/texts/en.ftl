# Every sentence of the bot. No office words for the youth; a receipt has at most three lines.

## First contact

promise =
    Here you can write anonymously to the league cadres: whoever reads sees a made-up name (like 青竹), not who you are, and neither do the admins.
    To be clear: the platform knows who has written to the bot, and very precise details can still give you away.
promise-long =
    Neither reader nor admin can see who you are; every letter gets a new name, and two letters cannot be joined. Your account is kept encrypted, only to bring you the answer.
    What we cannot prevent: the platform knows who wrote and when; people who know you may guess from style and details; whoever holds your phone can read it.
    To have everything deleted, send "delete everything" at any time.
choose-site = First choose where you are, so that we know who should read. Tap one, or send the site code:
choose-site-held = Your words are kept for you (three days at most); nobody has seen them yet. First choose where you are:
more-sites = More sites:
choose-site-held-by-code = Your words are kept for you; nobody has seen them yet. Please send the code of your site (it is on the poster):
choose-site-by-code = Please send the code of your site (it is on the poster), so that we know who should read.
joined =
    Good: { $site }.
    Read by: { $readers }{ $note }.
    Just write, as it comes.
welcome-back =
    Good to see you again. { $site } is read by: { $readers }{ $note }.
    Just write.
write-now =
    Go ahead, this will be a new letter.
    Read by: { $readers }{ $note } ({ $site }).
reader-note-none = { "" }
reader-note-outside = , nobody from the firm
reader-note-inside = { " (note: this person also works for the firm)" }
reader-pool = the town league's cadre on call
no-such-site = No such site. Check the code, or send "change site" to choose from the list.

## Short answers

smalltalk-greeting = I am here. Just write what is on your mind, and I will pass it to the cadre.
smalltalk-thanks = You are welcome. Write whenever you like.
smalltalk-noise = Got it, but there are no words yet. One sentence is enough.
only-text = Only text can be taken for now. The photo, voice or file was neither passed on nor kept. Please put it in words.
say-something = This one is empty. Write a sentence and send it again.
too-long = This is too long ({ $count } characters). { $most } at most; please send it in parts. It was not passed on.

## Writing

receipt =
    Got it. This letter is called { $name } · { $category }.
    Read by: { $reader }{ $note }; an answer by { $due }.
    You can go on writing; it becomes one letter.
added = Added to { $name }. You can go on writing; it becomes one letter.
done = Good, all of { $name } is handed over.
done-already = { $name } has been handed over already.
retagged = { $name } is now filed under { $category }; read by: { $reader }{ $note }.
which-category = Where does { $name } belong?
category-set = { $name } is now { $category }; read by: { $reader }{ $note }.
which-case = "{ $words }" — several of your letters are open ({ $names }). Is this something new, or does it go on one of them?
which-letter = Which letter do you mean?
go-on = Go ahead, about { $name }.
closed-offer = { $name } is closed. "{ $words }" — open it again, or make this a new letter?
taken-back =
    The last part of { $name } ({ $count }) is taken back and its words are destroyed.
    If it had been read already, the reader is told that something was taken back.
corrected = The change was sent as a correction ({ $name }).
reworded = Changed; it has not left yet ({ $name }).
nothing-to-undo = There is nothing left to take back.

## My letters

mine-none = You have not written yet. One sentence is enough.
mine =
    Your letters:
    { $rows }
mine-row = { $name } { $category } · { $state }
state-waiting = waiting for an answer
state-answered = answered
state-closed = closed
fetch-none = No answer is waiting for you now. It will come right here.
answer =
    Answer to { $name } ({ $who }):
    { $words }
answer-corrected =
    A correction of the answer to { $name }:
    { $words }
switched = Somebody else reads { $name } now: { $reader }{ $note }.
nobody-else = There is nobody else for { $name } at the moment. You can send "nudge", or take it back.
nudged = Nudged ({ $name }). Once a day is possible.
nudged-already = { $name } was nudged today; tomorrow you can again.
reader-changed = { $name } is now read by { $reader }{ $note }.
nothing-open-youth = You have no open letter. One sentence begins a new one.
nothing-closed = There is no letter to open again.

## Closing

solved = Great, { $name } is closed. How well were you helped?
rated = Noted, thank you ({ $count }). The reader cannot change this mark.
closed-by-cadre = { $reader } believes that { $name } is settled. Is it? You decide.
reopened = { $name } is open again; read by: { $reader }{ $note }.
wipe-sure = Delete everything: your record goes at once, each letter within 24 hours (not all together, so that nobody sees they were one person's). It cannot be undone. Are you sure?
wiped =
    Your record is deleted.
    Each letter is destroyed within 24 hours, after that not even we can open it; the last lines between us go within two hours.
    Another word from you is a completely new beginning.
kept = Fine, nothing was touched.
gone-button = This button was used or has expired. Send "my letters" to see what you can do.
gone-button-staff = This button was used or has expired. /inbox or /help show what you can do.
stranger-claimed = Please confirm or cancel with the buttons above.
media-left-out = Your words were taken; the photo, voice or file was neither passed on nor kept.
stranger = This is an anonymous letterbox. Send a word first, or /redeem with your invitation code.

## Cadre

welcome-cadre = Hello { $who }. Letters arrive here as cards; reply to a card, or write "#CODE your answer". /inbox shows your letters, /help what you can do.
card =
    ✉ { $name } #{ $code }
    { $site } · { $category }{ $urgency }
    { $words }
    (answer by { $due })
card-more =
    ✉ { $name } #{ $code } wrote again
    { $site } · { $category }{ $urgency }
    { $words }
card-pool =
    ✉ { $name } #{ $code } has no reader yet
    { $site } · { $category }{ $urgency }
    { $words }
card-correction =
    ✎ { $name } #{ $code } corrects:
    { $words }
card-category = { $name } #{ $code } changed the category to { $category }.
card-moved = { $name } went to somebody else; no answer needed.
card-renamed = The letter called { $before } is called { $name } with you.
card-taken-back = { $name } #{ $code } took a letter back; its words are destroyed.
card-nudge = { $name } #{ $code } is waiting for your answer.
card-solved = { $name } #{ $code } says: solved.
card-confirmed = { $name } #{ $code } confirmed that it is settled.
card-reopened = { $name } #{ $code } was opened again.
site-unknown = site not said
urgent = { " · urgent" }
not-urgent = { "" }
answer-given = Handed over (to { $name }); they also get it when they come next. You can take it back for { $seconds } seconds.
correction-given = The correction is handed over (to { $name }). You can take it back for { $seconds } seconds.
undone = Taken back, it was not sent (the one to { $name }).
undo-too-late = The time for taking it back is over.
which-case-cadre = "{ $words }" — who is this for? (or write "#CODE words")
focus = What you write next goes to { $name } #{ $code }.
nothing-open = You have no open letter. See /inbox.
nothing-held = Nothing is waiting to be sent; please write it again.
answer-empty = Please write your answer after #{ $code }.
which-code = Please give the code, for example /close K7Q2M.
link-not-allowed = An answer cannot carry this link ({ $link }): a tap on it could tell who they are. Say where to look it up, or ask an admin to add a trusted domain to the configuration.
close-too-soon = Your last answer to { $name } has not left yet; close it in { $seconds } seconds.
two-cases = The code names another letter than the card you quoted (or the answer you edited); nothing was sent. Please name the letter in one way only.
no-such-case = There is no such letter, or it is not yours to read. /inbox shows yours.
inbox-empty = No letter is waiting for you.
inbox =
    Your letters: { $count }
    { $rows }
    { $pool }
inbox-row = { $name } #{ $code } · { $category }{ $urgency } · { $state } · by { $due }
inbox-pool-row = (no reader yet) { $name } #{ $code } · { $category }{ $urgency }
inbox-new = not answered
inbox-again = wrote again
inbox-answered = answered
taken = { $name } #{ $code } is yours now.
transferred = { $name } went to { $reader }.
which-colleague = Who should take { $name } #{ $code }?
no-such-colleague = No such colleague, or they may not read this letter. Send /transfer with the code and choose from the list.
no-colleague = There is no other colleague who could take this letter.
closed = { $name } #{ $code } is closed and waits for the writer to confirm, who can open it again.
close-unanswered = { $name } #{ $code } has no answer yet. Answer first, then close.

## Admin

welcome-admin = Hello { $who }. You look after sites, invitations and load; who wrote a letter cannot be looked up, there is no such command. /help shows what you can do.
load =
    Open letters per cadre (open / capacity):
    { $rows }
    Without a reader: { $pool }
load-row = { $who }: { $open } / { $capacity }
sites =
    { $count } sites:
    { $rows }
sites-row = { $site } ({ $kind }) · code { $code }
sites-none = No sites yet. Add one: /sites add NAME KIND, with KIND one of enterprise, campus, dormitory, community, building_site.
sites-usage = Please write /sites, or /sites add NAME KIND [EMPLOYER]; KIND is one of enterprise, campus, dormitory, community, building_site; no spaces in the name.
site-exists = There is already a site called { $site }.
site-added = Added: { $site } ({ $kind }), code { $code }.
kind-enterprise = enterprise
kind-campus = campus
kind-dormitory = dormitory
kind-community = community
kind-building_site = building site
audit =
    Latest acts (chain: { $state }):
    { $rows }
audit-row = { $number }. { $hour } { $who } { $act } { $subject }
audit-none = Nothing was done yet.
audit-whole = whole
audit-broken = was tampered with! Call your technician now
command-line = command line
invite-usage = Please write /invite NAME [SITE] [EMPLOYER], or /invite admin NAME. Without a site (or with -) it means the whole region; the employer is who they work for, so that letters about it go elsewhere.
no-such-site-staff = There is no site called { $site }. /sites shows the list.
invite-issued =
    Invitation for { $name } ({ $role }), valid until { $due }, one use only:
    { $code }
    In a private chat with the bot, they send: /redeem { $code }
role-cadre = cadre
role-admin = admin
whole-region = whole region

## Enrolment

redeem-sure =
    This invitation is for { $name }: { $role }, { $region } · { $site }.
    Is that you? Once confirmed, this is a work account and can no longer write anonymously.
no-such-invite = The code is wrong, used or expired. Please ask an admin for a new one.
invite-dropped = Fine, this invitation is void.
redeem-staff = This is a work account already.
redeem-youth = This account uses the anonymous letterbox. One account cannot be both: send "delete everything" first, then the code again.

## For everybody

which-language = 用哪种语言? Which language?
language-set = Good, English from now on.
help-youth =
    Whatever you write is a letter. You can also send these words:
    { $rows }
    In danger call 110 or 120; to talk to somebody call 12355.
help-staff =
    You can use:
    { $rows }
help-row = { $command } { $word } { $help }
unknown-command = No such command. /help shows what you can do.
failed =
    Something went wrong. Your words are safe and we will try again. Reference { $reference }.
repeat-mark = [sent again]
web-no-session = This page has expired. Please reload it and try again.
web-too-large = This is too long and was not sent. 4000 characters at most; please send it in parts.
web-not-understood = This request was not understood and nothing was sent. Please reload the page.
web-empty = This one is empty. Write a sentence and send it again.
web-busy = Too busy right now, it was not taken in. Please try again soon; your words are still in the box.
group-go-private = Letters are not taken here. Tap the button to write in a private chat; the group sees nothing.
group-open-button = Open the private chat

## Help of the commands

help-start-youth = begin again
help-start-cadre = begin
help-start-admin = begin
help-join = change your site
help-promise = what is kept secret, and what we cannot do
help-write = begin a new letter
help-mine = your letters
help-fetch = the latest answer once more
help-wipe = have everything deleted
help-done = this letter is complete, hand it over
help-undo-youth = take back what you wrote last
help-undo-cadre = take back your last answer before it leaves
help-category = choose another category
help-switch = have somebody else read
help-nudge = nudge the reader, once a day
help-solved = this is solved
help-reopen = open a letter again
help-inbox = your letters
help-take = take a letter that has no reader: /take CODE
help-transfer = give it to a colleague: /transfer CODE NAME
help-close = close: /close CODE
help-load = open letters per cadre
help-sites = the sites; add one: /sites add NAME KIND
help-audit = the latest acts
help-invite = invite: /invite NAME [SITE] [EMPLOYER], /invite admin NAME
help-redeem = join with an invitation: /redeem CODE
help-language = language / 换语言
help-help = this list

## Buttons

button-site = { $site }
button-write = Write
button-mine = My letters
button-more = More
button-go-on = Go on
button-done = That's all
button-undo = Take back
button-wrong-category = Wrong category
button-category = { $category }
button-new-letter = Something new
button-go-on-with = Go on: { $name }
button-reopen-name = Reopen { $name }
button-name = { $name }
button-reopen = Open again
button-solved = Solved
button-not-solved = Not yet
button-star = { $count } ★
button-wipe = Delete everything
button-keep = Never mind
button-reply = Reply
button-solved-cadre = Settled
button-hand-over = Hand over
button-take = I take it
button-case = { $name } #{ $code }
button-case-reply = Reply to { $name }
button-case-take = Take { $name }
button-more-sites = More sites
button-next-page = Next page
button-inbox = My letters
button-load = Load
button-sites = Sites
button-audit = Log
button-help = Help
button-enrol = That's me, join
button-not-me = Not me
button-chinese = 中文
button-english = English
