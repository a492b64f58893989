//! A number of addresses and hosts in, what each address does out: the truth that a checker has to find. Seeded.

use crate::random::Random;
use std::{fmt::Write as _, fs, io, net::Ipv4Addr, path::Path, time::Duration};

/// The addresses that a guide names.
const A_GUIDE: usize = 100;
/// One address in so many is named by a second guide as well.
const TWICE: usize = 20;

/// All addresses, with the hosts that they are at.
pub(crate) struct Plan {
    pub(crate) hosts: usize,
    pub(crate) addresses: Vec<Address>,
}

/// What one address does.
pub(crate) struct Address {
    /// Its host by number.
    pub(crate) host: usize,
    pub(crate) way: Way,
    /// How long an answer takes that comes at once.
    pub(crate) delay: Duration,
    /// The length of its page, in bytes.
    pub(crate) length: usize,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Answers,
    /// The first requests fail, whatever their method.
    Fails(Failure, u32),
    /// For good, whatever its method, but see `Gone`.
    Gone(Gone),
    /// So many 301 at the same host.
    Moved(usize),
    /// A 302 to a page at another host, by number.
    Elsewhere(usize),
}

/// How a request fails that a later one does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Unavailable,
    Reset,
    Late,
    Limited,
    /// With `Retry-After: 1`.
    LimitedFor,
}

/// How an address says that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    NotFound,
    Deleted,
    /// 405 to a HEAD, 404 to a GET.
    HeadRefused,
    /// 302 to a page at another host, by number, that is not found.
    Elsewhere(usize),
}

impl Plan {
    pub(crate) fn new(addresses: usize, hosts: usize) -> Self {
        Self { hosts, addresses: (0..addresses).map(|index| Address::of(index, hosts)).collect() }
    }

    /// The address by its number, as guides write it.
    pub(crate) fn url(&self, index: usize, port: u16) -> String {
        format!("http://{}:{port}/guide/{index}", ip(self.addresses[index].host))
    }

    /// Where the address of a `Way::Moved` is by now.
    pub(crate) fn moved_to(&self, index: usize, port: u16) -> Option<String> {
        match self.addresses[index].way {
            Way::Moved(hops) => Some(format!("{}/{hops}", self.url(index, port))),
            _ => None,
        }
    }

    /// Writes the guides that name the addresses: inline, in angle brackets and as definitions, some in two guides.
    ///
    /// # Errors
    /// A folder or file that cannot be written.
    pub(crate) fn write(&self, root: &Path, port: u16) -> io::Result<()> {
        fs::create_dir_all(root)?;
        let guides = self.addresses.len().div_ceil(A_GUIDE);
        let mut list = String::from("# Handbook\n\n");
        for guide in 0..guides {
            let _ = writeln!(list, "- [Guide {guide}](guide-{guide:04}.md)");
            let own = guide * A_GUIDE..self.addresses.len().min((guide + 1) * A_GUIDE);
            let again = own.clone().filter(|index| index % TWICE == 7).map(|index| (index + A_GUIDE) % self.addresses.len());
            let mut text = format!("# Guide {guide}\n\n");
            let mut definitions = String::new();
            for (position, index) in own.clone().chain(again).enumerate() {
                let url = self.url(index, port);
                let _ = match position % 4 {
                    0 => writeln!(text, "Prepare what step {position} needs: <{url}>.\n"),
                    1 => {
                        let _ = writeln!(definitions, "[step-{position}]: {url}");
                        writeln!(text, "Step {position} is told [elsewhere][step-{position}].\n")
                    }
                    _ => writeln!(text, "1. Read [the page of step {position}]({url}) and do what it says.\n"),
                };
            }
            fs::write(root.join(format!("guide-{guide:04}.md")), text + &definitions)?;
        }
        fs::write(root.join("README.md"), list)
    }
}

impl Address {
    fn of(index: usize, hosts: usize) -> Self {
        let mut random = Random::of("address", index);
        let host = random.below(hosts);
        let other = (host + 1 + random.below(hosts.saturating_sub(1).max(1))) % hosts;
        let way = match random.below(1_000) {
            0..300 => {
                let failures = [Failure::Unavailable, Failure::Reset, Failure::Late, Failure::Limited, Failure::LimitedFor];
                Way::Fails(*random.pick(&failures), if random.below(2) == 0 { 1 } else { 2 })
            }
            300..320 => Way::Gone(*random.pick(&[Gone::NotFound, Gone::Deleted, Gone::HeadRefused, Gone::Elsewhere(other)])),
            320..345 => Way::Moved(1 + random.below(3)),
            345..370 => Way::Elsewhere(other),
            _ => Way::Answers,
        };
        let delay = Duration::from_micros(1_000 + random.below(19_000) as u64);
        Self { host, way, delay, length: 500 + random.below(60_000) }
    }
}

/// The loopback address of a host by number: 127.0.0.1 is the first.
pub(crate) fn ip(host: usize) -> Ipv4Addr {
    let [.., high, low] = (host + 1).to_be_bytes();
    Ipv4Addr::new(127, 0, high, low)
}
