//! Names for people who do not exist.

/// First and last names that are put together to those of customers.
pub struct Names {
    /// First names.
    pub first: &'static [&'static str],
    /// Last names. Their number and that of the first names have no common divisor, so that all pairs come up
    /// before one does twice.
    pub last: &'static [&'static str],
}

impl Names {
    /// The name of the customer of that number.
    pub fn name(&self, number: usize) -> String {
        format!("{} {}", self.first[number % self.first.len()], self.last[number % self.last.len()])
    }
}

/// The e-mail address of someone of that name, in a domain that is reserved for examples (RFC 2606).
pub fn email(name: &str) -> String {
    let local = name.to_lowercase().replace(' ', ".").replace('\'', "");
    format!("{local}@example.com")
}

/// Of Maharashtra.
pub const INDIA: Names = Names {
    first: &[
        "Asha", "Ramesh", "Sunita", "Vijay", "Lata", "Prakash", "Meena", "Sanjay", "Kavita", "Anil", "Shobha",
        "Mahesh", "Rekha", "Deepak", "Usha", "Ganesh", "Vandana", "Nitin", "Pooja", "Suresh", "Smita", "Rahul",
    ],
    last: &[
        "Patil",
        "Kulkarni",
        "Joshi",
        "Deshmukh",
        "Shinde",
        "Pawar",
        "Jadhav",
        "More",
        "Gaikwad",
        "Bhosale",
        "Chavan",
        "Kale",
        "Deshpande",
        "Naik",
        "Salunkhe",
        "Apte",
        "Gokhale",
    ],
};

/// Of Kenya.
pub const KENYA: Names = Names {
    first: &[
        "Wanjiru", "Otieno", "Achieng", "Kamau", "Njeri", "Kiprono", "Atieno", "Mwangi", "Chebet", "Odhiambo",
        "Nyambura", "Mutua", "Wairimu", "Kiptoo", "Akinyi", "Njoroge", "Moraa", "Barasa", "Naliaka", "Karanja",
    ],
    last: &[
        "Maina",
        "Omondi",
        "Kariuki",
        "Kimani",
        "Wekesa",
        "Ochieng",
        "Rotich",
        "Muthoni",
        "Korir",
        "Wafula",
        "Githinji",
        "Nyaga",
        "Onyango",
        "Cheruiyot",
        "Ndungu",
        "Okoth",
        "Macharia",
        "Simiyu",
        "Gathoni",
    ],
};

/// Of the United States.
pub const USA: Names = Names {
    first: &[
        "Grace", "Marcus", "Elena", "Tyler", "Priya", "Daniel", "Rosa", "Kevin", "Hannah", "Luis", "Megan", "Andre",
        "Julia", "Samuel", "Naomi", "Peter", "Dana", "Victor", "Irene", "Caleb", "Tessa", "Omar", "Lucy",
    ],
    last: &[
        "Whitaker",
        "Alvarez",
        "Nguyen",
        "Brooks",
        "Castellano",
        "Reed",
        "Okafor",
        "Lindgren",
        "Park",
        "Delgado",
        "Fletcher",
        "Moreau",
        "Sutton",
        "Yamada",
        "Harmon",
        "Petrov",
        "Quinn",
        "Vance",
        "Ellery",
        "Bauer",
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_customers_have_one_name() {
        for names in [INDIA, KENYA, USA] {
            let all: HashSet<String> = (0..200).map(|number| names.name(number)).collect();
            assert_eq!(all.len(), 200);
        }
        assert_eq!(email("Irene O'Neil"), "irene.oneil@example.com");
    }
}
