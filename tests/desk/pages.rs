//! The pages over HTTP: what they say, where they lead, and what they say where there is nothing.

use crate::served::{demo, links, read};
use minutebook::desk::follow_digest;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many pages of each kind are visited.
const OF_EACH_KIND: usize = 12;

/// The kind of a page: what its address begins with.
fn kind(address: &str) -> String {
    let path = address.split('?').next().unwrap();
    let mut parts = path.split('/').skip(1);
    match (parts.next().unwrap(), parts.last()) {
        ("list", Some(name)) => format!("list/{name}"),
        ("body", Some(file @ ("news.atom" | "due.ics"))) => file.to_owned(),
        (first, _) => first.to_owned(),
    }
}

#[test]
fn every_link_leads_to_a_page_that_is_whole() {
    // Where somebody begins, and what the newest entries do not lead to.
    let begun = ["/", "/body/04K", "/body/04N?at=2019-07-04", "/merger/nottinghamshire-2019"];
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut queues: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
    let mut visited: BTreeMap<String, usize> = BTreeMap::new();
    let meet =
        |address: String, seen: &mut BTreeSet<String>, queues: &mut BTreeMap<String, VecDeque<String>>| {
            if seen.insert(address.clone()) {
                queues.entry(kind(&address)).or_default().push_back(address);
            }
        };
    begun.iter().for_each(|address| meet((*address).to_owned(), &mut seen, &mut queues));
    // Of the kinds that there is something of, the one that was visited least.
    let next = |queues: &mut BTreeMap<String, VecDeque<String>>, visited: &BTreeMap<String, usize>| {
        let count = |kind: &String| visited.get(kind).copied().unwrap_or_default();
        let open = queues.iter().filter(|(kind, queue)| !queue.is_empty() && count(kind) < OF_EACH_KIND);
        let kind = open.map(|(kind, _queue)| kind).min_by_key(|kind| count(kind))?.clone();
        queues.get_mut(&kind).unwrap().pop_front()
    };
    while let Some(address) = next(&mut queues, &visited) {
        *visited.entry(kind(&address)).or_default() += 1;
        let answer = demo().get(&address);
        assert_eq!(answer.status, 200, "{address}\n{}", answer.body);
        let is_page = answer.head.contains("content-type: text/html");
        if !is_page || ["/sign", "/verify.html"].contains(&address.as_str()) {
            continue;
        }
        let page = &answer.body;
        assert!(
            answer.head.contains("content-security-policy: default-src 'none'; "),
            "{address}: {}",
            answer.head
        );
        assert_eq!(page.matches("<h1>").count(), 1, "{address}");
        assert_eq!(page.matches("<main ").count(), 1, "{address}");
        // The newest page of the book follows what is recorded; no other page has a script.
        let may_run = format!("script-src '{}'; connect-src 'self'; ", follow_digest());
        let runs = page.matches("<script").count();
        assert_eq!(
            runs,
            usize::from(answer.head.contains(&may_run.to_lowercase())),
            "{address}: {}",
            answer.head
        );
        assert!(runs == 0 || kind(&address) == "book" && !address.contains("known="), "{address}");
        for never in ["javascript:", " style=", "\u{1b}", "<td></td>", "<dd></dd>"] {
            assert!(!page.contains(never), "{never:?} in {address}");
        }
        links(page).into_iter().for_each(|address| meet(address, &mut seen, &mut queues));
    }
    for needed in [
        "body",
        "person",
        "meeting",
        "minutes",
        "notice",
        "agenda",
        "merger",
        "consultation",
        "entry",
        "lineage",
        "lineage.svg",
        "key",
        "decisions",
        "about",
        "book",
        "findings",
        "bodies",
        "people",
        "commissioner",
        "change",
        "list/actions",
        "list/votes",
        "list/documents",
        "office",
        "compare",
        "document",
        "desk",
        "verify.html",
        "news.atom",
        "due.ics",
    ] {
        assert!(visited.contains_key(needed), "no link leads to {needed}: {visited:?}");
    }
}

#[test]
fn an_entry_calls_people_and_bodies_by_their_names() {
    let page = read(&demo().page("/entry/583"));
    for said in ["Amanda Sullivan", "Clinical Commissioning Group (52R)", "accountable officer"] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    assert!(!page.contains("accountable_officer"), "{page}");
}

#[test]
fn a_stranger_finds_who_held_an_office_and_since_when_that_is_known() {
    // A name, a day, and one press: what can mean one body alone is that body's page.
    let found = demo().get("/search?q=Nottingham+and+Nottinghamshire+Clinical&at=2%2F4%2F2020");
    assert_eq!(found.status, 303, "{}", found.body);
    assert!(found.head.contains("location: /body/52r?at=2020-04-02"), "{}", found.head);
    // A day on which nothing else was known than later: since when is not since whatever was known before.
    let page = read(&demo().page("/body/52R?at=2020-04-02"));
    for said in [
        "This page is of 2 April 2020, not of today.",
        "As at 2 April 2020, with what the book knows up to entry",
        "accountable officer",
        "Amanda Sullivan",
        "2020-04-01 (substantive)",
        "1 April 2020 (entry 583)",
        "Area 04E 04H 04K 04L 04M 04N",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    let many = read(&demo().page("/search?q=nottingham&at=2020-03-31"));
    assert!(many.contains("NHS Nottingham West Clinical Commissioning Group"), "{many}");
    assert!(many.contains("Bodies, "), "how many there are is said: {many}");
}

#[test]
fn an_office_has_its_own_page_with_who_was_seen_in_it() {
    let page = demo().page("/office/52R/accountable_officer?at=2020-04-02");
    assert!(links(&page).contains(&"/office/52R/chair?at=2020-04-02".to_owned()), "{page}");
    let said = read(&page);
    for needed in [
        "Accountable officer of NHS Nottingham and Nottinghamshire Clinical Commissioning Group (52R)",
        "Amanda Sullivan",
        "Since 2020-04-01",
        "Tenure substantive",
        "Known since 1 April 2020",
        "Rests on 583",
    ] {
        assert!(said.contains(needed), "{needed} is not in {said}");
    }
    // What acts do not say is not told as nobody; where reports say more, the page says so.
    let unsaid = demo().page("/office/04K/accountable_officer?at=2019-07-04");
    assert!(read(&unsaid).contains("Not known: no act or register says who"), "{unsaid}");
    assert!(
        links(&unsaid).contains(&"/office/04K/accountable_officer?at=2019-07-04&reported=yes".to_owned()),
        "{unsaid}"
    );
    let counted = read(&demo().page("/office/04K/accountable_officer?at=2019-07-04&reported=yes"));
    assert!(counted.contains("Seen") && counted.contains("Amanda Sullivan"), "{counted}");
    assert_eq!(demo().get("/office/04K/treasurer").status, 404);
}

#[test]
fn a_person_and_a_document_have_what_is_known_of_them() {
    let person = read(&demo().page("/person/9d41c7e02b6f4a58"));
    assert!(person.contains("Attendance How often they were there, body by body"), "{person}");
    assert!(person.contains("Sittings") && person.contains("Apologies"), "{person}");
    let document = read(&demo().page("/document/ods-2025-12-29"));
    for needed in [
        "NHS Organisation Data Service, commissioning bodies of England",
        "Published by NHS England",
        "Speaks to",
    ] {
        assert!(document.contains(needed), "{needed} is not in {document}");
    }
    assert_eq!(demo().get("/document/ods").status, 404);
}

#[test]
fn two_days_and_two_states_of_the_book_are_laid_side_by_side() {
    let page = demo().page("/compare?subject=body%2F52R&with_at=31%2F3%2F2020&at=2020-04-01");
    let said = read(&page);
    for needed in [
        "Before: 31 March 2020, with 1115 entries known. After: 1 April 2020",
        "Accountable officer Before not said After Amanda Sullivan Rests on 583",
        "Life Before not yet open After open",
        "Not compared, though the book has some:",
    ] {
        assert!(said.to_lowercase().contains(&needed.to_lowercase()), "{needed} is not in {said}");
    }
    assert!(page.contains("name=\"with_at\" type=\"text\" value=\"31/3/2020\""), "{page}");
    let learnt = read(&demo().page("/compare?subject=body%2F52R&with_known=400&at=2020-04-01&known=600"));
    assert!(
        learnt.contains("with 401 entries known. After: 1 April 2020, with 601 entries known."),
        "{learnt}"
    );
    let beyond = demo().get("/compare?with_known=99999&known=600").body;
    assert!(beyond.contains("href=\"#asked-with_known\""), "{beyond}");
    let wrong = demo().get("/compare?with_at=soon");
    assert!(wrong.status == 400 && wrong.body.contains("href=\"#asked-with_at\""), "{}", wrong.body);
}

#[test]
fn a_page_that_was_away_for_long_is_told_how_much_came() {
    let told = demo().get("/book/live?since=15");
    assert!(told.head.contains("content-type: text/event-stream"), "{}", told.head);
    assert!(told.body.contains("event: beyond\ndata: 1100\n\n"), "{}", told.body);
    let other = demo().get("/book/live?since=5000");
    assert!(other.body.contains("event: other\ndata: 1115\n\n"), "{}", other.body);
    assert_eq!(demo().get("/book/live?since=soon").status, 400);
}

#[test]
fn who_commissions_is_told_for_the_day_before_and_the_day() {
    for (day, holder) in [
        ("31/3/2020", "NHS Rushcliffe Clinical Commissioning Group (entries"),
        ("1/4/2020", "NHS Nottingham and Nottinghamshire Clinical Commissioning Group (entries"),
    ] {
        let page =
            read(&demo().page(&format!("/commissioner?unit=Rushcliffe&at={}", day.replace('/', "%2F"))));
        assert!(page.contains(&format!("Commissions {holder}")), "{page}");
    }
    let before = demo().page("/commissioner?unit=04N&at=2020-03-31");
    assert!(links(&before).contains(&"/commissioner?unit=04N&at=2020-04-01".to_owned()), "a day later");
    let after = read(&demo().page("/commissioner?unit=04N&at=2020-04-01"));
    assert!(
        after.contains("Known since entry 484, recorded on"),
        "not since what it knew of another: {after}"
    );
    // A state of the book: what it did not know yet, it does not say.
    let known = read(&demo().page("/commissioner?unit=04N&at=2020-04-01&known=300"));
    assert!(known.contains("Commissions NHS Rushcliffe"), "{known}");
    assert!(known.contains("This page says what the book knew"), "{known}");
    let nobody = read(&demo().page("/commissioner?unit=Narnia"));
    assert!(nobody.contains("No area is found for “Narnia”"), "{nobody}");
}

#[test]
fn an_address_that_always_says_the_same_carries_the_view() {
    let page = demo().page("/merger/nottinghamshire-2019");
    let cited = links(&page)
        .into_iter()
        .find(|address| address.contains("known=") && address.starts_with("/merger/"))
        .unwrap();
    assert!(cited.contains("at=2026-04-01"), "{cited}");
    let pinned = demo().page(&cited);
    let carried = links(&pinned).into_iter().filter(|address| address.starts_with("/body/"));
    for link in carried {
        assert!(link.contains("at=2026-04-01") && link.contains("known="), "{link}");
    }
    assert!(read(&pinned).contains("effected"), "{pinned}");
}

#[test]
fn what_is_wrong_or_not_there_is_said_in_a_page() {
    for (address, status, said) in [
        ("/body/XYZ", 404, "Not known here"),
        ("/entry/999999", 404, "There is no entry 999999: the book has 1115, from 0 on."),
        ("/entry/one", 404, "is no number of an entry"),
        ("/list/nothing", 404, "There is no list “nothing” here."),
        ("/?at=tomorrow", 400, "“tomorrow” is no day."),
        ("/body/52R?known=soon", 400, "“soon” says no state of the book."),
        ("/body/52R?known=99999999", 400, "99999999"),
        ("/change?of=%2F%2Fevil.example", 400, "none of this book"),
        ("/change?of=https:%2F%2Fevil.example", 400, "none of this book"),
        ("/commissioner", 400, "Say for which area"),
        ("/list/meetings?body=body%2FXYZ", 404, "XYZ"),
    ] {
        let answer = demo().get(address);
        assert_eq!(answer.status, status, "{address}\n{}", answer.body);
        let page = read(&answer.body);
        assert!(page.contains(said), "{said} is not in {page}");
        assert!(answer.body.contains("<title>Error: "), "{address}");
    }
    // Only what is wrong has to be written again.
    let again = demo().get("/list/meetings?body=body%2FXYZ&at=31%2F2%2F2020&known=812&q=%22%3E").body;
    for kept in [
        "<a href=\"#asked-at\">“31/2/2020” is no day.",
        "id=\"asked-at\" name=\"at\" type=\"text\" value=\"31/2/2020\" class=\"wrong\" aria-invalid=\"true\" aria-describedby=\"asked-at-error\"",
        "name=\"body\" type=\"text\" value=\"body/XYZ\"",
        "name=\"known\" type=\"text\" value=\"812\"",
        "value=\"&quot;&gt;\"",
    ] {
        assert!(again.contains(kept), "{kept} is not in {again}");
    }
    let of = demo().get("/about?of=body%2F04K&at=nonsense").body;
    assert!(of.contains("<input type=\"hidden\" name=\"of\" value=\"body/04K\">"), "{of}");
    let beyond = read(&demo().get("/body/52R?known=99999999").body);
    assert!(
        beyond.contains("Found \"99999999\"; needed a position below 1115, where the ledger ends."),
        "{beyond}"
    );
    assert!(!beyond.contains("known_at_position"), "{beyond}");
    let missing = demo().get("/commissioner?at=2020-04-01").body;
    assert!(
        missing.contains("id=\"asked-unit\" name=\"unit\" type=\"text\" value=\"\" class=\"wrong\""),
        "{missing}"
    );
    let nowhere = demo().get("/nothing/here");
    assert_eq!((nowhere.status, nowhere.body.as_str()), (404, "not found\n"), "to a program");
    let nowhere = demo().asked_by_a_browser("/nothing/here");
    assert_eq!(nowhere.status, 404);
    assert!(read(&nowhere.body).contains("There is no page “/nothing/here” here."), "{}", nowhere.body);
    let slash = demo().asked_by_a_browser("/body/04K/");
    assert!(slash.status == 303 && slash.head.contains("location: /body/04k\r\n"), "{}", slash.head);
    let later = demo().get("/entry/583?known=100");
    assert!(later.status == 404 && read(&later.body).contains("recorded later"), "{}", later.body);
}

#[test]
fn what_somebody_typed_stays_text() {
    let page = demo().page("/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    let answer = demo().get("/list/meetings?body=%3Cb%3E");
    assert!(!answer.body.contains("<b>"), "{}", answer.body);
}

#[test]
fn an_entry_is_proved_by_what_its_page_gives() {
    let receipt = demo().get("/entry/583/receipt");
    assert!(receipt.head.contains("attachment; filename=\"entry-583.receipt\""), "{}", receipt.head);
    let receipt = minutebook_log::Receipt::parse(receipt.body.as_bytes()).unwrap();
    let text = demo().get("/entry/583/text").body;
    let entry = minutebook_log::Entry::parse(text.as_bytes()).unwrap();
    assert_eq!(receipt.entry, text.as_bytes());
    let page = read(&demo().page("/entry/583"));
    for said in [
        entry.event().id.to_string(),
        minutebook_log::TreeHash::leaf(text.as_bytes()).to_string(),
        minutebook_log::Hash::of(text.as_bytes()).to_string(),
        "What it changed".to_owned(),
    ] {
        assert!(page.contains(&said), "{said} is not in {page}");
    }
}

#[test]
fn what_was_recorded_is_found_by_its_words() {
    let page = demo().page("/search?q=GB%2F20%2F040+action+log");
    let said = read(&page);
    assert!(said.contains("found among all entries up to 1114, the newest first."), "{said}");
    assert!(links(&page).iter().any(|address| address == "/entry/392"), "{said}");
    assert!(read(&demo().page("/search?q=392")).contains("Entry 392 of the book"));
    let nothing = read(&demo().page("/search?q=zebra+crossing"));
    assert!(
        nothing.contains("Nothing is found for “zebra crossing”") && nothing.contains("0 found among all"),
        "{nothing}"
    );
}

#[test]
fn a_body_is_followed_without_an_account() {
    let feed = demo().get("/body/52R/news.atom");
    assert!(feed.head.contains("content-type: application/atom+xml"), "{}", feed.head);
    assert!(feed.body.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{}", feed.body);
    let entries = feed.body.matches("<entry>").count();
    assert!(
        (10..=50).contains(&entries) && feed.body.matches("</entry>").count() == entries,
        "{}",
        feed.body
    );
    assert!(feed.body.contains("<link rel=\"self\" href=\"/body/52R/news.atom\"/>"), "{}", feed.body);
    let positions: Vec<u64> = feed
        .body
        .split("<summary>Entry ")
        .skip(1)
        .map(|rest| rest.split(':').next().unwrap().parse().unwrap())
        .collect();
    assert!(positions.is_sorted_by(|one, next| one > next), "the newest first: {positions:?}");
    assert!(demo().page("/body/52R").contains(
        "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"News\" href=\"/body/52R/news.atom\">"
    ));
    let calendar = demo().get("/body/52R/due.ics?at=2020-04-02");
    assert!(calendar.head.contains("content-type: text/calendar"), "{}", calendar.head);
    assert!(
        calendar.body.starts_with("BEGIN:VCALENDAR\r\n")
            && calendar.body.contains("DTSTART;VALUE=DATE:20200408")
    );
}

#[test]
fn a_paper_says_where_it_comes_from() {
    let answer = demo().get("/minutes/nottinghamshire-2020-03-05");
    let page = &answer.body;
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert!(
        style.contains("minutebook.example/england-2013-2026") && style.contains("as known with entry 1114"),
        "{style}"
    );
    assert!(
        answer.head.contains("style-src 'self' 'sha256-"),
        "its own style alone is let in: {}",
        answer.head
    );
    let said = read(page);
    let cited = format!("http://{}/minutes/nottinghamshire-2020-03-05?at=2026-04-01&known=1114", demo().host);
    assert!(said.contains(&format!("This page, as it is: {cited}")), "{said}");
    assert!(page.contains("<svg class=\"code\""), "{page}");
    let newest: u64 =
        said.split("the newest is entry ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    let text = demo().get(&format!("/entry/{newest}/text")).body;
    assert!(
        said.contains(&format!("leaf hash {}", minutebook_log::TreeHash::leaf(text.as_bytes()))),
        "{said}"
    );
}
