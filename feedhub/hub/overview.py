"""What people look at: notices found and counted, one notice, authorities, proofs, lead times. Writes nothing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median

from feedhub.changes import compare
from feedhub.errors import InvalidInput, Moved, NotFound
from feedhub.horizon.leads import lead_time
from feedhub.hub.calendar import Calendar
from feedhub.hub.grounds import grounds
from feedhub.hub.health import source_health
from feedhub.hub.shapes import (
    AuthorityView,
    LeadTimes,
    NoticePage,
    NoticeView,
    Proof,
    RevisionView,
    SourceHealth,
    SourcePage,
)
from feedhub.hub.terms import PROCUREMENT, PROOF, SCOPE, scoped, words
from feedhub.model import Announcement, Authority, Filter, Notice
from feedhub.store import Tx, catalogue, desk, finding, log, notices, questions

ORDERS = ("date", "lead", "newest", "updated", "match")


@dataclass(frozen=True)
class Leads:
    """Of one authority: living notices, how many notices have a lead time, and its median in days."""

    live: int = 0
    number: int = 0
    median: float | None = None


@dataclass(frozen=True)
class Given:
    """All lead times in days, shortest first, and what they come to by authority."""

    days: tuple[int, ...]
    by: Mapping[str, Leads]


class Overview(Calendar):
    """The verbs of looking at notices."""

    def notices(self, f: Filter, *, sort: str = "date", page: int = 1, per_page: int = 25) -> NoticePage:
        """One page of notices with facet counts. `sort` is `date`, `lead`, `newest`, or `match`: words in titles first."""
        if sort not in ORDERS:
            raise InvalidInput(f"Unknown order “{sort}”: choose date, lead or newest.")
        pieces = words(f)
        met = self.met(f)
        counts = self.counts(f)
        pages = max(1, math.ceil(met.total / per_page))
        page = min(max(1, page), pages)
        offset = (page - 1) * per_page

        def make() -> list[str]:
            with self.store.reading() as tx:
                return finding.find_ids(tx, met.where, sort=sort, limit=per_page, offset=offset, pieces=pieces)

        found = self._in_order(self.kept(("page", f.query(), sort, offset, per_page), make))
        return NoticePage(found, met.total, page, pages, counts)

    def _in_order(self, ids: Sequence[str]) -> tuple[Notice, ...]:
        with self.store.reading() as tx:
            known = notices.many(tx, ids)
        return tuple(known[i] for i in ids)

    def counts(self, f: Filter) -> dict[str, dict[str, int]]:
        """Of the notices that pass a filter: filter name → value → number."""
        met = self.met(f)

        def make() -> dict[str, dict[str, int]]:
            with self.store.reading() as tx:
                counts = finding.counts(tx, met)
            for hidden in (SCOPE, PROOF, PROCUREMENT):
                counts.pop(hidden, None)
            by = counts.get("authority", {})
            for former in self.renamed().keys() & by.keys():
                now = self.renamed()[former]
                by[now] = by.get(now, 0) + by.pop(former)
            return counts

        return self.kept(("counts", f.query()), make)

    def notice(self, notice_id: str) -> NoticeView:
        """Everything about one notice; raises NotFound."""
        with self.store.reading() as tx:
            found = notices.get(tx, notice_id)
            if found is None:
                raise NotFound(f"There is no notice “{notice_id}” here.")
            authority = self.authority_of(tx, found.authority_id)
            state = catalogue.get_source(tx, found.source_id) if found.source_id else None
            same = tuple(o for i, o in notices.many(tx, desk.proposals(tx, notice_id)).items() if i != notice_id)
            related = self._related(tx, found)
            lead = lead_time(found)
            return NoticeView(
                notice=found,
                authority=authority,
                revisions=tuple(notices.revisions(tx, notice_id)),
                announcements=tuple(log.of_notice(tx, notice_id)),
                source=state.source if state else None,
                lead_days=lead.days if lead else None,
                lead_from_span=lead.approximate if lead else False,
                stale_since=self.stale(tx, [found]).get(notice_id),
                related=related,
                duplicates=same,
                others={n.authority_id: self.authority_of(tx, n.authority_id) for n in (*same, *related)},
                questions=tuple(questions.answered(tx, notice_id)),
                grounds=grounds(self.taxonomy, found, found.country or authority.country, self.today()),
            )

    def revision(self, notice_id: str, number: int) -> RevisionView:
        """What a revision (from the second on) changed, word by word; raises NotFound."""
        with self.store.reading() as tx:
            found = {r.number: r for r in notices.revisions(tx, notice_id)}
        if number - 1 not in found or number not in found:
            raise NotFound("There is no such change of a notice here.")
        differences = compare(found[number - 1].notice, found[number].notice)
        return RevisionView(found[number], differences, number + 1 in found)

    def _related(self, tx: Tx, notice: Notice) -> tuple[Notice, ...]:
        """Up to six living notices of other authorities that ask the same, next dates first."""
        topics = tuple(sorted({r.topic for r in notice.living_requirements}))
        if not topics:
            return ()
        where = finding.condition(Filter(sets={"topic": topics}), ())
        return tuple(finding.soon(tx, finding.of_others(where, notice.authority_id), limit=6))

    def recent(self, f: Filter, limit: int = 20) -> list[Announcement]:
        """The newest announcements."""
        asked = self.asked(f)

        def make() -> list[int]:
            with self.store.reading() as tx:
                return log.meeting(tx, asked, words(f), said=self.said).newest(limit)

        newest = self.kept(("newest", f.query(), limit), make)
        with self.store.reading() as tx:
            return log.states(tx, newest)

    def count_announcements(self, f: Filter, days: int = 365) -> int:
        """How many announcements a filter gave in the last `days`."""
        since = (self.now() - timedelta(days=days)).date()
        within = replace(f, since=max(since, f.since) if f.since else since)
        asked = self.asked(within)

        def make() -> int:
            with self.store.reading() as tx:
                return log.meeting(tx, asked, words(within), said=self.said).total

        return self.kept(("announcements", within.query()), make)

    # -- authorities

    def authorities(self) -> list[AuthorityView]:
        """All authorities by name, with how many sources each has."""
        given = self._given().by
        failing: dict[str, list[bool]] = defaultdict(list)
        with self.store.reading() as tx:
            for _, authority_id, fails in catalogue.watched(tx):
                failing[authority_id].append(fails)
        former = self.renamed()
        found = [a for a in self.bodies().values() if a.id not in former]
        return [_authority(a, failing[a.id], given.get(a.id, Leads())) for a in found]

    def authority(self, authority_id: str) -> AuthorityView:
        """One authority with its next notices; raises NotFound, or Moved when it has another id now."""
        if authority_id in self.renamed():
            raise Moved(f"/authorities/{self.renamed()[authority_id]}")
        ids = self.aliased(Filter({"authority": (authority_id,)})).sets["authority"]
        with self.store.reading() as tx:
            one = catalogue.get_authority(tx, authority_id)
            if one is None:
                raise NotFound(f"There is no authority “{authority_id}” here.")
            found = finding.find(tx, finding.of_authorities(ids), limit=25)
            own = [source for source, body, _ in catalogue.watched(tx) if body == authority_id]
            health = source_health(tx, self.now(), {one.id: one}, own)
        total, topics = self.kept(("authority", authority_id), lambda: self._signposted(ids))
        view = _authority(one, [h.failing for h in health], self._given().by.get(authority_id, Leads()))
        return replace(view, sources=tuple(health), notices=tuple(found), total=total, topics=topics)

    def _signposted(self, ids: Sequence[str]) -> tuple[int, dict[str, int]]:
        where = finding.of_authorities(ids)
        with self.store.reading() as tx:
            counts = finding.facets(tx, finding.living(where)).get("topic", {})
            return finding.count(tx, where), dict(sorted(counts.items(), key=lambda c: (-c[1], c[0])))

    def _given(self) -> Given:
        """All lead times, and what they come to for each authority; counted once for a state of the world.

        Those who make laws invite nobody to tender: what they give is no lead time of a buyer.
        """

        def make() -> Given:
            former, lawmakers = self.renamed(), self._lawmakers()
            live: dict[str, int] = defaultdict(int)
            leads: dict[str, list[int]] = defaultdict(list)
            with self.store.reading() as tx:
                for known_as, lives, days in notices.leads(tx):
                    authority_id = former.get(known_as, known_as)
                    live[authority_id] += lives
                    if days is not None and known_as not in lawmakers:
                        leads[authority_id].append(days)
            by = {a: Leads(live[a], len(leads[a]), median(leads[a]) if leads[a] else None) for a in {*live, *leads}}
            return Given(tuple(sorted(d for some in leads.values() for d in some)), by)

        return self.kept("given", make)

    def source_health(self, ids: Sequence[str] | None = None) -> list[SourceHealth]:
        """How sources do, by id; all of them without `ids`."""
        with self.store.reading() as tx:
            return source_health(tx, self.now(), self.bodies(), ids)

    def source_page(self, f: Filter, *, page: int = 1, per_page: int = 40) -> SourcePage:
        """One page of the sources of some authorities or countries: authorities of which one fails, then the others.

        Both by country and name.
        """
        return self._sources(f, lambda _id, own, _fails, poor: own not in poor, page, per_page)

    def source_list(
        self, f: Filter, said: str = "", *, edited: Collection[str] = (), page: int = 1, per_page: int = 100
    ) -> SourcePage:
        """One page of single sources: those that fail, then the `edited` ones, then the others by country and name.

        `said` is a part of the id or title of a source or of the name of its authority.
        """
        return self._sources(f, lambda id_, _own, fails, _poor: (not fails, id_ not in edited), page, per_page, said)

    def _sources(
        self,
        f: Filter,
        before: Callable[[str, str, bool, Collection[str]], object],
        page: int,
        per_page: int,
        said: str = "",
    ) -> SourcePage:
        bodies = self.bodies()
        wanted = {a.id for a in bodies.values() if _among(f, "authority", a.id) and _among(f, "country", a.country)}
        with self.store.reading() as tx:
            rows = [w for w in catalogue.watched(tx) if w[1] in wanted]
            if said:
                alike = catalogue.sources_named(tx, said)
                rows = [w for w in rows if w[0] in alike or said.casefold() in bodies[w[1]].name.casefold()]
            poor = {body for _, body, fails in rows if fails}

            def order(row: tuple[str, str, bool]) -> tuple[object, ...]:
                a = bodies[row[1]]
                return before(*row, poor), a.country, a.name.casefold(), a.id, row[0]

            ids = [source for source, _, _ in sorted(rows, key=order)]
            pages = max(1, math.ceil(len(ids) / per_page))
            page = min(page, pages)
            shown = ids[(page - 1) * per_page : page * per_page]
            health = {h.source.id: h for h in source_health(tx, self.now(), bodies, shown)}
        return SourcePage(tuple(health[i] for i in shown), len(ids), sum(w[2] for w in rows), page, pages)

    # -- lead times and proofs

    def lead_times(self, *, page: int = 1, per_page: int = 50) -> LeadTimes:
        """How much notice is given: all of it in figures, and one page of notices, shortest first."""
        given = self._given()
        days = given.days
        pages = max(1, math.ceil(len(days) / per_page))
        page = min(page, pages)
        bodies = self.bodies()
        offset = (page - 1) * per_page

        def make() -> list[str]:
            with self.store.reading() as tx:
                return finding.find_ids(
                    tx, finding.with_lead(self._lawmakers()), sort="shortest", limit=per_page, offset=offset
                )

        found = self._in_order(self.kept(("shortest", offset, per_page), make))
        rows = [(_body(bodies, a), of.median, of.number) for a, of in given.by.items() if of.median is not None]
        shown = [(n, _body(bodies, n.authority_id), lead.days) for n in found if (lead := lead_time(n)) is not None]
        rows.sort(key=lambda r: (-r[1], r[0].name.casefold()))
        return LeadTimes(days, tuple(rows), tuple(shown), page, pages)

    def median_lead(self, f: Filter) -> float | None:
        """The median lead time in days of the notices that pass a filter; None when none of them has one."""

        def make() -> list[int]:
            with self.store.reading() as tx:
                return finding.lead_days(tx, self.met(f).where, self._lawmakers())

        days = self._given().days if not f.query() else self.kept(("median", f.query()), make)
        return median(days) if days else None

    def _lawmakers(self) -> set[str]:
        return {a.id for a in self.bodies().values() if a.role == "legislator"}

    def proofs(self, *, page: int = 1, each: int = 5, most: int = 60) -> tuple[list[Proof], int]:
        """Kinds of evidence that living notices accept, the most accepted first, and how many pages of them there are.

        Of those that buyers named in words of their own a page holds `most`; the others stand on the first.
        """
        few = self.kept(("proofs", each), lambda: self._few(each))
        ordered = sorted(few, key=lambda kind: (-few[kind][0], kind))
        own = [kind for kind in ordered if kind not in self.taxonomy.evidence]
        pages = max(1, math.ceil(len(own) / most))
        first = (min(page, pages) - 1) * most
        shown = set(own[first : first + most])
        kinds = [kind for kind in ordered if kind in shown or (not first and kind in self.taxonomy.evidence)]
        with self.store.reading() as tx:
            known = notices.many(tx, sorted({i for kind in kinds for i in few[kind][1]}))
        return [Proof(kind, few[kind][0], tuple(known[i] for i in few[kind][1])) for kind in kinds], pages

    def _few(self, each: int) -> dict[str, tuple[int, list[str]]]:
        with self.store.reading() as tx:
            return finding.few_of(tx, finding.living(finding.condition(scoped(Filter()), ())), PROOF, each)

    def accepting(self, kind: str, *, page: int = 1, per_page: int = 25) -> NoticePage:
        """One page of the living notices that accept a kind of evidence, without counts; raises NotFound."""
        where = finding.living(finding.condition(Filter({**scoped(Filter()).sets, PROOF: (kind,)}), ()))
        with self.store.reading() as tx:
            total = finding.count(tx, where)
            if not total and kind not in self.taxonomy.evidence:
                raise NotFound(f"No notice here accepts “{kind}” as evidence.")
            pages = max(1, math.ceil(total / per_page))
            page = min(page, pages)
            found = finding.find(tx, where, limit=per_page, offset=(page - 1) * per_page)
        return NoticePage(tuple(found), total, page, pages)


def _authority(a: Authority, failing: Sequence[bool], given: Leads) -> AuthorityView:
    return AuthorityView(
        authority=a,
        watched=len(failing),
        failing=sum(failing),
        median_lead_days=given.median,
        live_notices=given.live,
    )


def _among(f: Filter, name: str, value: str) -> bool:
    return value in f.sets.get(name, (value,))


def _body(bodies: Mapping[str, Authority], authority_id: str) -> Authority:
    return bodies.get(authority_id) or Authority(authority_id, authority_id)
