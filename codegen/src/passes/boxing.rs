//! Types that contain themselves get a pointer where the circle closes: `Box` in structs and unions, a newtype where
//! the circle is of aliases only.

use crate::ir::{Api, Shape, Type, TypeId};

pub(super) fn run(api: &mut Api) {
    newtypes(api);
    boxes(api);
}

/// `type Tree = Vec<Tree>` never ends; `struct Tree(Vec<Tree>)` does.
fn newtypes(api: &mut Api) {
    for index in 0..api.types.len() {
        let id = TypeId(index);
        let Shape::Alias(ty) = &api.type_def(id).shape else { continue };
        if *ty == Type::Named(id) {
            api.types[index].shape = Shape::Alias(Type::Any);
        } else if reaches_by_alias(api, ty, id) {
            api.types[index].shape = Shape::Newtype(ty.clone());
        }
    }
}

fn reaches_by_alias(api: &Api, from: &Type, target: TypeId) -> bool {
    let mut seen = vec![false; api.types.len()];
    let mut queue = Vec::new();
    from.each_named(&mut |id| queue.push(id));
    while let Some(id) = queue.pop() {
        if id == target {
            return true;
        }
        if std::mem::replace(&mut seen[id.0], true) {
            continue;
        }
        if let Shape::Alias(ty) = &api.type_def(id).shape {
            ty.each_named(&mut |id| queue.push(id));
        }
    }
    false
}

/// An edge of the graph of types that hold each other: what is named, and what that stands for behind aliases.
#[derive(Clone, Copy, Debug)]
struct Edge {
    named: TypeId,
    target: TypeId,
}

/// The types that a value of this type holds inside itself, not behind a list or map.
fn direct(api: &Api, ty: &Type, found: &mut Vec<Edge>) {
    match ty {
        Type::Named(named) => {
            let mut target = *named;
            // Circles of aliases are newtypes by now, so this ends.
            while let Shape::Alias(Type::Named(next)) = &api.type_def(target).shape {
                target = *next;
            }
            if !matches!(api.type_def(target).shape, Shape::Alias(_)) {
                found.push(Edge { named: *named, target });
            }
        }
        Type::Nullable(inner) => direct(api, inner, found),
        _ => {}
    }
}

/// Puts a pointer on edges until no circle is left: on those of unions first, since a box inside a variant is less in
/// the way than one in a field, then on the fields that close what circles are left.
fn boxes(api: &mut Api) {
    let mut edges: Vec<Vec<Edge>> = Vec::with_capacity(api.types.len());
    for def in &api.types {
        let mut found = Vec::new();
        if !matches!(def.shape, Shape::Alias(_)) {
            def.shape.each_type(&mut |ty| direct(api, ty, &mut found));
        }
        edges.push(found);
    }
    let component = components(&edges);
    for index in 0..api.types.len() {
        if matches!(api.types[index].shape, Shape::Union(_)) {
            let inside = |edge: &Edge| component[edge.target.0] == component[index];
            let (circular, rest): (Vec<Edge>, Vec<Edge>) = edges[index].iter().copied().partition(inside);
            edges[index] = rest;
            put(api, index, &circular);
        }
    }
    for (index, circular) in closing(&edges) {
        put(api, index, &circular);
    }
}

/// Boxes the given edges of a type.
fn put(api: &mut Api, index: usize, circular: &[Edge]) {
    if !circular.is_empty() {
        let is_circular = |id: TypeId| circular.iter().any(|edge| edge.named == id);
        api.types[index].shape.map_types(&|ty| boxed(ty, &is_circular));
    }
}

/// The edges that close a circle: those that lead back to a type that is still being visited, depth first.
fn closing(edges: &[Vec<Edge>]) -> Vec<(usize, Vec<Edge>)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; edges.len()];
    let mut found: Vec<Vec<Edge>> = vec![Vec::new(); edges.len()];
    for start in 0..edges.len() {
        let mut work = vec![(start, 0)];
        while let Some((node, at)) = work.pop() {
            if at == 0 {
                if state[node] != State::New {
                    continue;
                }
                state[node] = State::Open;
            }
            let Some(edge) = edges[node].get(at) else {
                state[node] = State::Done;
                continue;
            };
            work.push((node, at + 1));
            match state[edge.target.0] {
                State::New => work.push((edge.target.0, 0)),
                State::Open => found[node].push(*edge),
                State::Done => {}
            }
        }
    }
    found.into_iter().enumerate().filter(|(_, edges)| !edges.is_empty()).collect()
}

fn boxed(ty: &Type, circular: &dyn Fn(TypeId) -> bool) -> Type {
    match ty {
        Type::Named(id) if circular(*id) => Type::Boxed(*id),
        Type::Nullable(inner) => Type::Nullable(Box::new(boxed(inner, circular))),
        other => other.clone(),
    }
}

/// Tarjan's algorithm without recursion: the number of each node's strongly connected component.
fn components(edges: &[Vec<Edge>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = edges.len();
    let (mut index, mut low, mut component) = (vec![NONE; count], vec![0; count], vec![NONE; count]);
    let (mut stack, mut next, mut components) = (Vec::new(), 0, 0);
    for start in 0..count {
        let mut work: Vec<(usize, usize)> = if index[start] == NONE { vec![(start, 0)] } else { Vec::new() };
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                index[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
            }
            if let Some(target) = edges[node].get(edge).map(|edge| edge.target.0) {
                work.push((node, edge + 1));
                if index[target] == NONE {
                    work.push((target, 0));
                } else if component[target] == NONE {
                    low[node] = low[node].min(index[target]);
                }
                continue;
            }
            if low[node] == index[node] {
                while let Some(member) = stack.pop() {
                    component[member] = components;
                    if member == node {
                        break;
                    }
                }
                components += 1;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::{Edge, closing, components};
    use crate::ir::TypeId;

    fn graph(targets: &[&[usize]]) -> Vec<Vec<Edge>> {
        let edge = |id: &usize| Edge { named: TypeId(*id), target: TypeId(*id) };
        targets.iter().map(|targets| targets.iter().map(edge).collect()).collect()
    }

    #[test]
    fn circles_are_found_whatever_the_order() {
        let edges = graph(&[&[1], &[2], &[0], &[0], &[]]);
        let component = components(&edges);
        assert_eq!(component[0], component[1]);
        assert_eq!(component[1], component[2]);
        assert_ne!(component[3], component[0]);
        assert_ne!(component[4], component[0]);
    }

    #[test]
    fn one_edge_of_a_circle_is_enough() {
        let closed: Vec<usize> =
            closing(&graph(&[&[1], &[2], &[0], &[3]])).into_iter().map(|(node, _)| node).collect();
        assert_eq!(closed, [2, 3]);
    }
}
